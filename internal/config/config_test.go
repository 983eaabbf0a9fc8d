package config

import (
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	tests := []struct {
		name string
		env  []string
		want string // part of the error; empty for none
	}{
		{"nothing", nil, ""},
		{"others' variables", []string{"HOME=/root", "FOLKMOOT_DEV_SHARED=/x"}, ""},
		{"empty means default", []string{"FOLKMOOT_URL=", "FOLKMOOT_LISTEN="}, ""},
		{"slash at the end", []string{"FOLKMOOT_URL=https://moot.example/"}, ""},
		{"misspelt", []string{"FOLKMOOT_LISTN=:80"}, "write FOLKMOOT_LISTEN"},
		{"like none", []string{"FOLKMOOT_PORT=80"}, "write one of FOLKMOOT_URL, FOLKMOOT_LISTEN,"},
		{"no scheme", []string{"FOLKMOOT_URL=moot.example"}, "https://moot.example"},
		{"path", []string{"FOLKMOOT_URL=https://moot.example/policy"}, "write https://moot.example"},
		{"http on a public host", []string{"FOLKMOOT_URL=http://moot.example"}, "write https://moot.example"},
		{"http on loopback", []string{"FOLKMOOT_URL=http://127.0.0.1:9000"}, ""},
		{"upper case", []string{"FOLKMOOT_URL=https://Moot.example"}, "lower case"},
		{"default port", []string{"FOLKMOOT_URL=https://moot.example:443"}, "leave the port out"},
		{"no port", []string{"FOLKMOOT_LISTEN=localhost"}, "127.0.0.1:8080"},
		{"other database", []string{"FOLKMOOT_DATABASE=mysql://x"}, "postgres://"},
		{"database that is no address", []string{"FOLKMOOT_DATABASE=postgres://moot:s3/cret@db.example/%zz"}, "postgres://user@host/name"},
		{"log", []string{"FOLKMOOT_LOG=loud"}, "neither a level"},
		{"test peers in public", []string{"FOLKMOOT_URL=https://moot.org", "FOLKMOOT_TEST_PEERS=127.0.0.1:1"}, "unset FOLKMOOT_TEST_PEERS"},
		{"test peers on example", []string{"FOLKMOOT_URL=https://moot.example", "FOLKMOOT_TEST_PEERS=127.0.0.1:1"}, ""},
		{"scale alone", []string{"FOLKMOOT_TEST_TIME_SCALE=10"}, "only together"},
		{"scale of nothing", []string{"FOLKMOOT_TEST_TIME_SCALE=0"}, "number above 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.env)
			if tt.want == "" && err != nil {
				t.Errorf("Load(%v) = %v, want no error", tt.env, err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Load(%v) = %v, want an error with %q", tt.env, err, tt.want)
			}
		})
	}
}

func TestPasswordsAreHidden(t *testing.T) {
	for _, address := range []string{
		"postgres://moot:s3cret@db.example/moot",
		"postgres://moot:s3cret%40@db.example/moot",
		"postgres://moot:s3cret@x@db.example/moot",
		"postgresql://db.example/moot?user=moot&password=s3cret&sslpassword=s3cret",
	} {
		c, err := Load([]string{"FOLKMOOT_DATABASE=" + address})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Settings() {
			if strings.Contains(s.Value, "s3cret") {
				t.Errorf("%s shows the password: %s", s.Name, s.Value)
			}
			if s.Doc == "" {
				t.Errorf("%s has no meaning", s.Name)
			}
		}
		if name := c.DatabaseName(); strings.Contains(name, "s3cret") || !strings.Contains(name, "db.example/moot") {
			t.Errorf("DatabaseName() = %s", name)
		}
		if c.DatabaseURL() != address {
			t.Errorf("DatabaseURL() = %s, want %s", c.DatabaseURL(), address)
		}
	}
	for _, wrong := range []string{"host=db.example password=s3cret", "mysql://moot:s3cret@db.example", "postgres://moot:s3cret@db.example/%zz"} {
		if _, err := Load([]string{"FOLKMOOT_DATABASE=" + wrong}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Load(FOLKMOOT_DATABASE=%s) = %v, want an error without the password", wrong, err)
		}
	}
}

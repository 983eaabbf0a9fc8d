// Package config reads the settings of the server from the environment.
//
// Every setting is a field of [Config] whose tags carry its name, default and meaning; nothing
// else in the program reads the environment.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Config is every setting. The zero value of a new field must be usable: an old environment has
// to start a new binary.
type Config struct {
	URL          string  `env:"FOLKMOOT_URL" default:"http://localhost:8080" doc:"public address; part of every ActivityPub id, so it can never change once the organisation is set up"`
	Listen       string  `env:"FOLKMOOT_LISTEN" default:"127.0.0.1:8080" doc:"address and port to listen on for HTTP"`
	Data         string  `env:"FOLKMOOT_DATA" default:"data" doc:"folder that holds everything this instance keeps"`
	Database     string  `env:"FOLKMOOT_DATABASE" default:"" doc:"postgres://user@host/name; empty means SQLite in the data folder"`
	Log          string  `env:"FOLKMOOT_LOG" default:"info,console" doc:"level (debug, info, warn, error) and form (json or console), such as warn,json"`
	AllowPrivate string  `env:"FOLKMOOT_ALLOW_PRIVATE" default:"" doc:"intranet servers that may be reached over https, as CIDR:port, separated by commas"`
	TestPeers    string  `env:"FOLKMOOT_TEST_PEERS" default:"" doc:"for tests only: loopback servers that may be reached, also over http, as ip:port or CIDR:port, separated by commas"`
	TimeScale    float64 `env:"FOLKMOOT_TEST_TIME_SCALE" default:"1" doc:"for tests only: divides every retry and expiry interval"`
}

// Setting is one line of "folkmoot config".
type Setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Default string `json:"default"`
	Doc     string `json:"meaning"`
}

// devPrefix begins the variables of tests, which are not settings.
const devPrefix = "FOLKMOOT_DEV_"

// Load reads the settings from environ, usually [os.Environ]. The error is a sentence for the
// operator that says what to write instead.
func Load(environ []string) (*Config, error) {
	env := map[string]string{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "FOLKMOOT_") && !strings.HasPrefix(name, devPrefix) {
			env[name] = value
		}
	}
	c := new(Config)
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		name := tag.Get("env")
		s, ok := env[name]
		delete(env, name)
		if !ok || s == "" {
			s = tag.Get("default")
		}
		if err := set(v.Field(i), strings.TrimSpace(s)); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, s, err)
		}
	}
	for name := range env {
		return nil, fmt.Errorf("%s is not a setting: unset it, or write %s", name, meant(name))
	}
	return c, c.check()
}

// Settings lists every setting with its value. Passwords in addresses are replaced by "xxxxx".
func (c *Config) Settings() []Setting {
	var list []Setting
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		list = append(list, Setting{
			Name: tag.Get("env"), Value: redact(fmt.Sprint(v.Field(i).Interface())),
			Default: tag.Get("default"), Doc: tag.Get("doc"),
		})
	}
	return list
}

// Base returns the public address as it is spelled in ids: without a slash at the end.
func (c *Config) Base() *url.URL {
	u, err := url.Parse(c.URL)
	if err != nil {
		panic("config: not checked: " + err.Error())
	}
	return u
}

// LoopbackURL reports whether the public address can only mean this machine or a test.
func (c *Config) LoopbackURL() bool { return isTestHost(c.Base().Hostname()) }

func set(v reflect.Value, s string) error {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = s
	case *float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f <= 0 {
			return errors.New("write a number above 0, such as 1 or 2000")
		}
		*p = f
	default:
		panic("config: field of type " + v.Type().String())
	}
	return nil
}

func (c *Config) check() error {
	c.URL = strings.TrimSuffix(c.URL, "/")
	if err := checkURL(c.URL); err != nil {
		return fmt.Errorf("FOLKMOOT_URL=%s: %w", c.URL, err)
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || port == "" {
		return fmt.Errorf("FOLKMOOT_LISTEN=%s: write an address and a port, such as 127.0.0.1:8080 or :80", c.Listen)
	}
	if c.Database != "" && !isPostgres(c.Database) { // not repeated: it may hold a password
		return errors.New("FOLKMOOT_DATABASE: write postgres://user@host/name, with %40, %2F and the like for signs in a password, or leave it empty for SQLite in the data folder")
	}
	if err := checkLog(c.Log); err != nil {
		return fmt.Errorf("FOLKMOOT_LOG=%s: %w", c.Log, err)
	}
	if c.TestPeers != "" && !c.LoopbackURL() {
		return fmt.Errorf("FOLKMOOT_TEST_PEERS is for tests, and FOLKMOOT_URL=%s is a public address: unset FOLKMOOT_TEST_PEERS", c.URL)
	}
	if c.TimeScale != 1 && c.TestPeers == "" {
		return errors.New("FOLKMOOT_TEST_TIME_SCALE works only together with FOLKMOOT_TEST_PEERS: unset it")
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return errors.New("write the whole address, such as https://moot.example")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the address begins with https://")
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("the instance needs a host name of its own: write %s://%s", u.Scheme, u.Host)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("http works on this machine only: write https://%s", u.Host)
	case u.Host != strings.ToLower(u.Host) || !isASCII(u.Host):
		return errors.New("write the host in lower case, international names in their xn-- form")
	case u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80":
		return fmt.Errorf("leave the port out: write %s://%s", u.Scheme, u.Hostname())
	}
	return nil
}

func checkLog(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		if !slices.Contains([]string{"debug", "info", "warn", "error", "json", "console"}, strings.TrimSpace(part)) {
			return fmt.Errorf("%q is neither a level (debug, info, warn, error) nor a form (json, console): write for example warn,json", part)
		}
	}
	return nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

func isLoopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isTestHost reports whether a host can't be a public one: loopback, or a name reserved by RFC 2606.
func isTestHost(host string) bool {
	if isLoopback(host) {
		return true
	}
	for _, suffix := range []string{".test", ".example", ".invalid"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

func isPostgres(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

// queryPassword is a password among the parameters of a PostgreSQL address.
var queryPassword = regexp.MustCompile(`((?:^|&)(?:ssl)?password=)[^&]*`)

// redact hides the passwords of an address.
func redact(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	query := queryPassword.ReplaceAllString(u.RawQuery, "${1}xxxxx")
	if _, has := u.User.Password(); !has && query == u.RawQuery {
		return s
	}
	u.RawQuery = query
	return u.Redacted()
}

// meant says which settings whoever wrote name may have meant: the one whose name is most like it,
// or any, where none is like it.
func meant(name string) string {
	best, least := "", 1+(len(name)-len("FOLKMOOT_"))/2
	var all []string
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		candidate := t.Field(i).Tag.Get("env")
		all = append(all, candidate)
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best != "" {
		return best
	}
	return "one of " + strings.Join(all, ", ")
}

// distance is the number of letters to insert, delete or replace to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// DatabaseURL returns what to open: the PostgreSQL address, or the path of the SQLite file.
func (c *Config) DatabaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return c.Data + string(os.PathSeparator) + "folkmoot.db"
}

// DatabaseName names the database to the operator, by the setting that chose it and without
// passwords.
func (c *Config) DatabaseName() string {
	if c.Database != "" {
		return "FOLKMOOT_DATABASE=" + redact(c.Database)
	}
	return "FOLKMOOT_DATA=" + c.Data
}

package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// codes returns what is wrong as "field: code".
func codes(e policy.FieldErrors) (list []string) {
	for _, f := range e {
		list = append(list, f.Field+": "+strings.TrimPrefix(f.Code, "error."))
	}
	return list
}

func TestCheckProposal(t *testing.T) {
	good := policy.Proposal{Title: "Trams", Summary: "Hourly until three.", Current: policy.Version{Text: "Run them."}}
	for _, tt := range []struct {
		name   string
		change func(*policy.Proposal)
		want   []string
	}{
		{"complete", func(*policy.Proposal) {}, nil},
		{"empty", func(p *policy.Proposal) { *p = policy.Proposal{} }, []string{"title: title.missing", "summary: summary.missing", "text: text.missing"}},
		{"spaces", func(p *policy.Proposal) { p.Current.Text = " \n" }, []string{"text: text.missing"}},
		{"long summary", func(p *policy.Proposal) { p.Summary = strings.Repeat("ж", 401) }, []string{"summary: summary.long"}},
		{"text of 20 kB", func(p *policy.Proposal) { p.Current.Text = strings.Repeat("x", 20_000) }, nil},
		{"longer text", func(p *policy.Proposal) { p.Current.Text = strings.Repeat("x", 20_001) }, []string{"text: text.long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := good
			tt.change(&p)
			if d := cmp.Diff(tt.want, codes(p.Check())); d != "" {
				t.Errorf("Check (-want +got):\n%s", d)
			}
		})
	}
}

func TestCheckSetUp(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(o *policy.Organisation, s *policy.Actor, email *string)
		want   []string
	}{
		{"complete", func(*policy.Organisation, *policy.Actor, *string) {}, nil},
		{"nothing", func(o *policy.Organisation, s *policy.Actor, email *string) {
			*o, *s, *email = policy.Organisation{Receipts: policy.ReceiptNone}, policy.Actor{}, ""
		}, []string{"name: name.missing", "handle: handle.missing", "email: email.missing", "steward: steward.missing", "steward-handle: handle.missing"}},
		{"email without a host", func(_ *policy.Organisation, _ *policy.Actor, email *string) { *email = "amara" }, []string{"email: email.shape"}},
		{"email with a name", func(_ *policy.Organisation, _ *policy.Actor, email *string) { *email = "Amara <a@b.example>" }, []string{"email: email.shape"}},
		{"one handle for two", func(o *policy.Organisation, s *policy.Actor, _ *string) { s.Handle = o.Actor.Handle }, []string{"steward-handle: steward-handle.same"}},
		{"receipts by post", func(o *policy.Organisation, _ *policy.Actor, _ *string) { o.Receipts = "post" }, []string{"receipts: receipts.unknown"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := policy.Organisation{Actor: policy.Actor{Name: "Housing Voices", Handle: "news"}, Receipts: policy.ReceiptReply}
			s := policy.Actor{Name: "Steward", Handle: "steward"}
			email := "amara@housing.example"
			tt.change(&o, &s, &email)
			if d := cmp.Diff(tt.want, codes(policy.CheckSetUp(&o, &s, email))); d != "" {
				t.Errorf("CheckSetUp (-want +got):\n%s", d)
			}
		})
	}
}

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string][]string{
		"":                         {"password: password.short"},
		"123456789":                {"password: password.short"},
		"1234567890":               nil,
		"жжжжжжжжжж":               nil,
		strings.Repeat("x", 1025):  {"password: password.long"},
		"correct horse battery st": nil,
	} {
		if d := cmp.Diff(want, codes(policy.CheckPassword(password))); d != "" {
			t.Errorf("CheckPassword(%q) (-want +got):\n%s", password, d)
		}
	}
}

func TestCheckReason(t *testing.T) {
	for reason, want := range map[string][]string{
		"":                       {"reason: reason.missing"},
		" \t":                    {"reason: reason.missing"},
		"names a person":         nil,
		strings.Repeat("ж", 501): {"reason: reason.long"},
	} {
		if d := cmp.Diff(want, codes(policy.CheckReason(reason))); d != "" {
			t.Errorf("CheckReason(%q) (-want +got):\n%s", reason, d)
		}
	}
}

func TestCheckHost(t *testing.T) {
	for _, tt := range []struct {
		typed, host string
		want        []string
	}{
		{"spam.example", "spam.example", nil},
		{" SPAM.Example. ", "spam.example", nil},
		{"127.0.0.1:8081", "127.0.0.1:8081", nil},
		{"[::1]:8081", "[::1]:8081", nil},
		{"bücher.example", "xn--bcher-kva.example", nil},
		{"localhost", "localhost", nil},
		{"", "", []string{"host: host.missing"}},
		{"https://spam.example", "", []string{"host: host.shape"}},
		{"spam.example/about", "", []string{"host: host.shape"}},
		{"@ada@spam.example", "", []string{"host: host.shape"}},
		{"spam example", "", []string{"host: host.shape"}},
		{"*.example", "", []string{"host: host.shape"}},
		{"Talk.moot.example", "", []string{"host: host.own"}},
		{"moot.example", "", []string{"host: host.own"}},
		{"other.moot.example", "other.moot.example", nil},
	} {
		host, e := policy.CheckHost(tt.typed, "talk.moot.example")
		if d := cmp.Diff(tt.want, codes(e)); d != "" {
			t.Errorf("CheckHost(%q) (-want +got):\n%s", tt.typed, d)
		}
		if len(e) == 0 && host != tt.host {
			t.Errorf("CheckHost(%q) = %q, want %q", tt.typed, host, tt.host)
		}
	}
}

func TestULID(t *testing.T) {
	at := time.UnixMilli(1469918176385)
	for _, tt := range []struct {
		random [10]byte
		want   string
	}{
		{[10]byte{}, "01ARYZ6S410000000000000000"},
		{[10]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, "01ARYZ6S41ZZZZZZZZZZZZZZZZ"},
		{[10]byte{9: 33}, "01ARYZ6S410000000000000011"},
	} {
		if got := policy.ULID(at, tt.random); got != tt.want {
			t.Errorf("ULID = %s, want %s", got, tt.want)
		}
	}
	if a, b := policy.ULID(at, [10]byte{255}), policy.ULID(at.Add(time.Millisecond), [10]byte{}); a >= b {
		t.Errorf("%s does not sort before %s", a, b)
	}
}

func TestAddressesReadBack(t *testing.T) {
	b := policy.Base("https://moot.example")
	for iri, want := range map[string]int64{
		b.Opening(12):                        12,
		b.Challenge(12):                      0,
		b.Opening(0):                         0,
		"https://moot.example/c/012/opening": 0,
		"https://moot.example/c/-1/opening":  0,
		"https://other.example/c/12/opening": 0,
	} {
		if n, ok := b.OpeningNumber(iri); ok != (want > 0) || ok && n != want {
			t.Errorf("OpeningNumber(%s) = %d, %t, want %d", iri, n, ok, want)
		}
	}
	if n, ok := b.ProposalNumber(b.Proposal(7)); !ok || n != 7 {
		t.Errorf("ProposalNumber(%s) = %d, %t", b.Proposal(7), n, ok)
	}
	if _, ok := b.ProposalNumber(b.Version(7, 1)); ok {
		t.Error("a version is read as a proposal")
	}
	if got := policy.Base("http://LOCALHOST:8080").Host(); got != "localhost:8080" {
		t.Errorf("Host = %q", got)
	}
}

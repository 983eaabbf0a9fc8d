package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestSignIn(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		fresh := &visitor{site: v.site}
		expect(t, fresh.get("/sign-in"), http.StatusOK, "Sign in", "!⟨")
		wrong := fresh.post("/sign-in", "email", stewardEmail, "password", "wrong wrong wrong")
		expect(t, wrong, http.StatusForbidden, "don’t belong together", stewardEmail, "!wrong wrong wrong", "Error: ")
		nobody := fresh.post("/sign-in", "email", "nobodyy@moot.example", "password", "wrong wrong wrong")
		same := strings.ReplaceAll(nobody.Body.String(), "nobodyy@moot.example", stewardEmail)
		if nobody.Code != wrong.Code || same != wrong.Body.String() {
			t.Error("the page for an account that there is not differs from that for a wrong password")
		}
		if fresh.cookie != "" {
			t.Errorf("a refused sign-in set the cookie %s", fresh.cookie)
		}
		expect(t, v.get("/sign-in?next=/staff/c"), http.StatusSeeOther, "/staff/c")

		before := v.cookie
		expect(t, v.post("/sign-out"), http.StatusSeeOther, "/")
		expect(t, v.get("/staff"), http.StatusSeeOther, "/sign-in?next=%2Fstaff")
		v.cookie = before
		expect(t, v.get("/staff"), http.StatusSeeOther, "/sign-in?next=%2Fstaff")
	})
}

func TestSignInTooOften(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		fresh := &visitor{site: v.site}
		for range 10 {
			expect(t, fresh.post("/sign-in", "email", stewardEmail, "password", "wrong"), http.StatusForbidden)
		}
		w := fresh.post("/sign-in", "email", stewardEmail, "password", stewardPassword)
		expect(t, w, http.StatusTooManyRequests, "Too many tries")
		if w.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		expect(t, v.get("/staff"), http.StatusOK) // who is signed in stays so
	})
}

func TestNoOpenRedirect(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "/staff",
		"/staff":                     "/staff",
		"/staff/c/1/launch?done=x":   "/staff/c/1/launch?done=x",
		"/staff/answers?after=1%2FA": "/staff/answers?after=1%2FA",
		"/":                          "/staff",
		"/c/1":                       "/staff",
		"/staffing":                  "/staff",
		"//evil.example/staff":       "/staff",
		"///evil.example":            "/staff",
		`/\evil.example`:             "/staff",
		`/staff/\evil.example`:       "/staff",
		"/staff//evil.example":       "/staff",
		"/staff/../..//evil.example": "/staff",
		"/staff/%2e%2e/x":            "/staff",
		"https://evil.example/staff": "/staff",
		"javascript:alert(1)//staff": "/staff",
		"/staff\r\nX: y":             "/staff",
		"\t//evil.example":           "/staff",
		"/staff#https://evil":        "/staff",
		"staff":                      "/staff",
		"https:/staff":               "/staff",
		"/staff@evil.example":        "/staff",
		"//user@/staff":              "/staff",
	} {
		if got := localNext(in); got != want {
			t.Errorf("localNext(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestChangePassword(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		other := &visitor{site: v.site}
		expect(t, other.post("/sign-in", "email", stewardEmail, "password", stewardPassword), http.StatusSeeOther, "/staff")
		expect(t, v.post("/staff/account", "old", "wrong", "password", "ten characters"), http.StatusForbidden, `href="#f-old"`, "!ten characters")
		expect(t, v.post("/staff/account", "old", stewardPassword, "password", "short"), http.StatusUnprocessableEntity, `href="#f-password"`)
		expect(t, v.post("/staff/account", "old", stewardPassword, "password", "ten characters"), http.StatusSeeOther, "/staff/account?done=password")
		expect(t, v.get("/staff/account?done=password"), http.StatusOK, "All other sessions have ended")
		expect(t, other.get("/staff"), http.StatusSeeOther, "/sign-in?next=%2Fstaff")
	})
}

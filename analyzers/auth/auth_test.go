package auth

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()

// A setting that no server's result can meet is an error with its path, not a rule that never fires.
func TestValidate(t *testing.T) {
	f := func(s Settings, want string) {
		t.Helper()
		err := s.Validate()
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
	f(Settings{}, "spf: want at least one of")
	f(Settings{SPF: []string{"failed"}}, `spf: unknown result "failed", did you mean "fail"?`)
	f(Settings{DKIM: []string{"softfail"}}, `dkim: unknown result "softfail"`)
	f(Settings{CompauthReason: []string{"10"}}, "compauth_reason: want three digits")
	f(Settings{DMARCAction: []string{"reject"}, SPF: []string{"fail"}}, "dmarc_action: want dmarc beside it")
	f(Settings{LookAlike: []string{"user@contoso.com"}}, "look_alike: want a domain")
	f(Settings{SPF: []string{"Fail", "softfail"}, DMARC: []string{"bestguesspass"}, CompauthReason: []string{"000", "6xx"}}, "")
	f(Settings{LookAlikeOwn: true}, "")
}

// What a hasty reader takes for another name is named; neighbours that are names of their own are not.
func TestImitation(t *testing.T) {
	f := func(domain, other, want string) {
		t.Helper()
		im := &imitation{known: map[string]string{}, targets: newTargets(&Settings{LookAlike: []string{other}}, nil)}
		if got := im.of(domain); got != want {
			t.Errorf("%s beside %s: got %q, want %q", domain, other, got, want)
		}
	}
	f("c0ntoso.com", "contoso.com", "contoso.com")
	f("contoso.co", "contoso.com", "contoso.com")
	f("contosso.com", "contoso.com", "contoso.com")
	f("con-toso.com", "contoso.com", "contoso.com")
	f("сontoso.com", "contoso.com", "contoso.com") // the first letter is Cyrillic
	f("contoso.com.example.net", "contoso.com", "contoso.com")
	f("wingtiptoyz.example", "wingtiptoys.example", "wingtiptoys.example")
	f("wingtlptoyz.example", "wingtiptoys.example", "wingtiptoys.example")
	f("fabrikarn.com", "fabrikam.com", "fabrikam.com")
	f("contoso.com", "contoso.com", "")
	f("mail.contoso.com", "contoso.com", "")
	f("fabrikam.com", "contoso.com", "")
	f("abd.com", "abc.com", "")
	f("consto.com", "contoso.com", "")
	f("", "contoso.com", "")
}

// Promise: the index of domains answers what a look at every one of them in order of name would.
func TestTargets(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		domain := rapid.Custom(func(t *rapid.T) string {
			letters := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "rn", "m", "l", "1", "o", "0", "-", ".", "\u0435", "e"}), 0, 7).Draw(t, "letters")
			end := rapid.SampledFrom([]string{".com", ".co", ".com.example", ""}).Draw(t, "end")
			return cmp.Or(strings.Trim(rapid.SampledFrom([]string{"con", "contosocon", ""}).Draw(t, "start")+strings.Join(letters, ""), ".")+end, "x")
		})
		own := rapid.SliceOfN(domain, 1, 30).Draw(t, "own")
		im := &imitation{known: map[string]string{}, targets: newTargets(&Settings{LookAlike: own}, nil)}
		asked := domain.Draw(t, "asked")
		got, want := im.of(asked), imitates(asked, own)
		if got != want {
			t.Fatalf("%s: got %q, want %q of %q", asked, got, want, own)
		}
		if want != "" {
			found++
		}
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn domain is like another: the test shows nothing")
	}
}

// imitates is the domain that another one imitates, found without an index.
func imitates(domain string, own []string) string {
	for i := range own {
		own[i] = strings.Trim(own[i], ". ")
	}
	slices.Sort(own)
	for _, other := range own {
		if domain == other || strings.HasSuffix(domain, "."+other) {
			return ""
		}
	}
	for _, other := range own {
		if hastyLook(domain) == hastyLook(other) || strings.HasPrefix(domain, other+".") || near(hastyLook(domain), hastyLook(other)) {
			return other
		}
	}
	return ""
}

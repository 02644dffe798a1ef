package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/authres"
	"pgregory.net/rapid"
)

// short is a header as "server|method=value(prop=value …)".
func short(a AuthResults) string {
	out := a.Server + "|"
	if a.Instance > 0 {
		out = fmt.Sprintf("i=%d ", a.Instance) + out
	}
	for _, r := range a.Results {
		var props []string
		for _, p := range r.Props {
			props = append(props, p.Name+"="+p.Value)
		}
		out += r.Method + "=" + r.Value + "(" + strings.Join(props, " ") + ")"
	}
	return out
}

// Every form that real servers write is read, Exchange's without authserv-id and with values beyond the RFC included.
func TestParseAuthResults(t *testing.T) {
	f := func(value, want string) {
		t.Helper()
		got, err := ParseAuthResults(value)
		if err != nil || short(got) != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", value, short(got), err, want)
		}
	}
	f("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=contoso.com; dkim=pass (signature was verified) header.d=contoso.com;dmarc=pass action=none header.from=contoso.com;compauth=pass reason=100",
		"|spf=pass(smtp.mailfrom=contoso.com)dkim=pass(header.d=contoso.com)dmarc=pass(action=none header.from=contoso.com)compauth=pass(reason=100)")
	f("spf=fail smtp.mailfrom=x.example; contoso.com; dkim=none (message not signed) header.d=none;contoso.com; dmarc=bestguesspass action=none header.from=x.example",
		"|spf=fail(smtp.mailfrom=x.example)dkim=none(header.d=none)dmarc=bestguesspass(action=none header.from=x.example)")
	f("dkim=timeout (key query timeout) header.d=a.example; dkim=pass header.d=b.example; dkim=fail (body hash did not verify) header.d=c.example; dmarc=fail action=oreject header.from=a.example",
		"|dkim=timeout(header.d=a.example)dkim=pass(header.d=b.example)dkim=fail(header.d=c.example)dmarc=fail(action=oreject header.from=a.example)")
	f("i=1; mx.microsoft.com 1; spf=pass smtp.mailfrom=x.example; arc=none", "i=1 mx.microsoft.com|spf=pass(smtp.mailfrom=x.example)arc=none()")
	f("i=2; spf=pass smtp.mailfrom=x.example", "i=2 |spf=pass(smtp.mailfrom=x.example)")
	f("MX.example.org; none", "mx.example.org|")
	f("mx.google.com; dkim=pass header.i=@x.example header.s=s1 header.b=\"ab/c+d=\"; spf=pass (a; comment = (nested) \\) more) smtp.mailfrom=\"a b\"@x.example",
		"mx.google.com|dkim=pass(header.i=@x.example header.s=s1 header.b=ab/c+d=)spf=pass(smtp.mailfrom=a b@x.example)")
	f("mx; dkim/1 = pass (c) header.d (c) = x.example", "mx|dkim=pass(header.d=x.example)")
	f("mx; dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=x.example;", "mx|dmarc=pass(header.from=x.example)")
	f("", "|")
	f(" ; ; ", "|")
}

// A fault says where it is, and never takes the other results away.
func TestAuthFaults(t *testing.T) {
	f := func(value, want, fault string) {
		t.Helper()
		got, err := ParseAuthResults(value)
		if err == nil || err.Error() != fault || short(got) != want {
			t.Errorf("%s\n got %s (%v)\nwant %s (%s)", value, short(got), err, want, fault)
		}
	}
	f("mx; spf fail; dkim=pass", "mx|dkim=pass()", "want = behind a method at byte 8")
	f("mx; spf=; dkim=pass", "mx|dkim=pass()", "a method or its value is missing at byte 4")
	f("mx; spf=pass smtp.mailfrom; dkim=fail", "mx|spf=pass()dkim=fail()", "want = behind a property at byte 13")
	f("mx; spf=pass (no end; dkim=fail", "mx|spf=pass()", "a comment without an end at byte 13")
	f(`mx; spf=pass reason="no end; dkim=fail`, "mx|spf=pass(reason=no end; dkim=fail)", "quotes without an end at byte 20")
	f("i=x; mx; spf=pass", "mx|spf=pass()", "i= is no number at byte 0")
	f("spf=pass ok smtp.mailfrom=x.example", "|spf=pass(smtp.mailfrom=x.example)", "want = behind a property at byte 9")
	many, err := ParseAuthResults(strings.Repeat("dkim=pass;", 200))
	if len(many.Results) != maxAuthResults || err == nil {
		t.Errorf("%d results, %v", len(many.Results), err)
	}
	long, err := ParseAuthResults("spf=fail " + strings.Repeat("x", 1<<20))
	if len(long.Results) != 1 || err == nil {
		t.Errorf("%d results, %v", len(long.Results), err)
	}
}

// Received-SPF is read in the forms of Exchange and of Postfix' policy servers.
func TestParseReceivedSPF(t *testing.T) {
	f := func(value, want, ip string) {
		t.Helper()
		got, err := ParseReceivedSPF(value)
		i := slices.IndexFunc(got.Props, func(p AuthProp) bool { return p.Name == "client-ip" })
		if err != nil || got.Value != want || i < 0 != (ip == "") || i >= 0 && got.Props[i].Value != ip {
			t.Errorf("%s: %+v (%v)", value, got, err)
		}
	}
	f("Fail (protection.outlook.com: domain of x.example does not designate 192.0.2.1 as permitted sender) receiver=protection.outlook.com; client-ip=192.0.2.1; helo=mx.x.example;", "fail", "192.0.2.1")
	f("SoftFail (mailfrom) identity=mailfrom; client-ip=2001:db8::1; envelope-from=\"a b\"@x.example", "softfail", "2001:db8::1")
	f("None", "none", "")
	f("Pass (x) client-ip=192.0.2.1 envelope-from=<a@x.example>", "pass", "192.0.2.1")
}

// oracle is what an independent reader makes of a header, in the words of short, for the methods whose fields it keeps.
func oracle(value string) (string, error) {
	server, results, err := authres.Parse(value)
	out := strings.ToLower(server) + "|"
	prop := func(name, value string) string {
		if value == "" {
			return ""
		}
		return name + "=" + value
	}
	for _, r := range results {
		switch r := r.(type) {
		case *authres.SPFResult:
			out += "spf=" + string(r.Value) + "(" + prop("smtp.mailfrom", r.From) + ")"
		case *authres.DKIMResult:
			out += "dkim=" + string(r.Value) + "(" + prop("header.d", r.Domain) + ")"
		case *authres.DMARCResult:
			out += "dmarc=" + string(r.Value) + "(" + prop("header.from", r.From) + ")"
		case *authres.GenericResult:
			out += r.Method + "=" + string(r.Value) + "(" + prop("reason", r.Params["reason"]) + ")"
		}
	}
	return out, err
}

// Our reader and go-msgauth agree on headers as Exchange writes them, once they have the authserv-id that Exchange
// leaves out.
func TestAgreesWithOracle(t *testing.T) {
	word := func(words ...string) *rapid.Generator[string] { return rapid.SampledFrom(words) }
	domain := rapid.StringMatching(`[a-z][a-z0-9-]{0,8}\.(example|com|co\.uk)`)
	comment := word("", "", " (message not signed)", " (sender IP is 192.0.2.1)", " (body hash did not verify)", " (p none)")
	result := rapid.Custom(func(t *rapid.T) string {
		say := func(method, value, props string) string {
			return method + "=" + value + comment.Draw(t, "comment") + props
		}
		switch d := domain.Draw(t, "domain"); word("spf", "dkim", "dmarc", "compauth").Draw(t, "method") {
		case "spf":
			return say("spf", word("pass", "Fail", "softfail", "none", "neutral", "temperror", "permerror").Draw(t, "value"), " smtp.mailfrom="+d)
		case "dkim":
			return say("dkim", word("pass", "fail", "none", "timeout").Draw(t, "value"), " header.d="+d)
		case "dmarc":
			return say("dmarc", word("pass", "fail", "bestguesspass", "none").Draw(t, "value"), " header.from="+d)
		default:
			return say("compauth", word("pass", "fail", "softpass").Draw(t, "value"), " reason="+word("000", "001", "130", "601").Draw(t, "reason"))
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		results := rapid.SliceOfN(result, 1, 8).Draw(t, "results")
		value := strings.Join(results, word(";", "; ", ";\t", " ; ").Draw(t, "between"))
		want, err := oracle("mx.microsoft.com; " + value)
		if err != nil {
			t.Fatalf("oracle refuses %q: %v", value, err)
		}
		for prefix, server := range map[string]string{"": "", "mx.microsoft.com; ": "mx.microsoft.com", "i=3; mx.microsoft.com 1; ": "mx.microsoft.com"} {
			got, err := ParseAuthResults(prefix + value)
			got.Instance = 0
			if err != nil || got.Server != server || short(AuthResults{Server: "mx.microsoft.com", Results: got.Results}) != want {
				t.Fatalf("%q: %s (%v), want %s", prefix+value, short(got), err, want)
			}
		}
	})
}

// FuzzAuthHeaders keeps the promise that no header panics, costs more than its bounds, or names a fault outside itself.
func FuzzAuthHeaders(f *testing.F) {
	for _, seed := range []string{
		"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=contoso.com; dkim=pass header.d=contoso.com;compauth=pass reason=100",
		"i=1; mx.microsoft.com 1; arc=none", "mx (a (b) \\) c); dkim/1 = \"x\" y", "a=\"", "(", "=;=;=", "Fail (x) client-ip=192.0.2.1; a", "i=999",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, err := ParseAuthResults(value)
		if len(got.Results) > maxAuthResults {
			t.Fatalf("%d results", len(got.Results))
		}
		for _, r := range got.Results {
			if r.Method == "" || r.Value == "" || len(r.Props) > maxAuthProps {
				t.Fatalf("%+v", r)
			}
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				if fault, ok := e.(*AuthError); !ok || fault.At < 0 || fault.At > len(value) || len(many.Unwrap()) > maxFaults {
					t.Fatalf("%v in %d bytes", e, len(value))
				}
			}
		}
		if spf, _ := ParseReceivedSPF(value); len(spf.Props) > maxAuthProps {
			t.Fatalf("%d properties", len(spf.Props))
		}
	})
}

// Package auth is the detector for messages whose sender is not who they say: what the receiving server wrote of SPF,
// DKIM, DMARC and its own judgement, and senders whose domain imitates another one.
//
// Only the topmost Authentication-Results header is heard (package message reads it), since a sender can plant lower
// ones. What is not there is unknown. A pass proves nothing and lowers nothing: an intruder in a partner's mailbox
// passes everything.
package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings. A message is found if any of its results is listed.
type Settings struct {
	SPF            []string `yaml:"spf" doc:"results of SPF: fail, softfail, neutral, none, permerror, temperror"`
	DKIM           []string `yaml:"dkim" doc:"results of DKIM: fail, none, timeout …; one signature that passes is enough for none of them to count"`
	DMARC          []string `yaml:"dmarc" doc:"results of DMARC: fail, bestguesspass, none …"`
	DMARCAction    []string `yaml:"dmarc_action" doc:"what the server did: reject, quarantine, oreject, none; dmarc counts only with one of these"`
	Compauth       []string `yaml:"compauth" doc:"Microsoft's composite result: fail, softpass, none"`
	CompauthReason []string `yaml:"compauth_reason" doc:"its three-digit reasons, in quotes; x is any digit: \"6xx\""`
	Planted        bool     `yaml:"planted" doc:"a lower header, in the same server's name, claims a pass that the topmost does not say"`
	LookAlike      []string `yaml:"look_alike" doc:"domains that senders imitate; the tenant's own and their sub-domains never imitate"`
	LookAlikeOwn   bool     `yaml:"look_alike_own" doc:"senders that imitate one of the tenant's own domains"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "auth",
		Doc:      "one finding for each message whose SPF, DKIM, DMARC or composite result is listed, or whose sender's domain imitates another; states each as a fact for escalate",
		Settings: func() detect.Settings { return &Settings{} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	fail := func(path, format string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(format, args...)})
	}
	if len(s.SPF)+len(s.DKIM)+len(s.DMARC)+len(s.Compauth)+len(s.CompauthReason)+len(s.LookAlike) == 0 && !s.Planted && !s.LookAlikeOwn {
		fail("spf", "want at least one of spf, dkim, dmarc, compauth, compauth_reason, planted, look_alike, look_alike_own")
	}
	for _, list := range []struct {
		path   string
		values []string
	}{{"spf", s.SPF}, {"dkim", s.DKIM}, {"dmarc", s.DMARC}, {"compauth", s.Compauth}, {"dmarc_action", s.DMARCAction}} {
		for _, v := range list.values {
			if known := vocabulary(list.path); !slices.Contains(known, strings.ToLower(v)) {
				fail(list.path, "unknown result %q%s", v, detect.DidYouMean(v, known))
			}
		}
	}
	for _, reason := range s.CompauthReason {
		if len(reason) != 3 || strings.Trim(reason, "0123456789x") != "" {
			fail("compauth_reason", "want three digits, or x for any: \"000\", \"6xx\"; got %q", reason)
		}
	}
	if len(s.DMARCAction) > 0 && len(s.DMARC) == 0 {
		fail("dmarc_action", "want dmarc beside it")
	}
	for _, d := range s.LookAlike {
		if !strings.Contains(strings.Trim(d, "."), ".") || strings.ContainsAny(d, "@ /*") {
			fail("look_alike", "want a domain, got %q", d)
		}
	}
	return errors.Join(errs...)
}

// vocabulary lists the results that servers write. Source: RFC 8601 §2.7; Microsoft, "Anti-spam message headers",
// which adds bestguesspass, softpass and the actions o.reject and pct.…; dkim=timeout is seen in real headers.
func vocabulary(method string) []string {
	switch method {
	case "spf":
		return []string{"none", "neutral", "pass", "fail", "hardfail", "softfail", "policy", "temperror", "permerror"}
	case "dkim":
		return []string{"none", "neutral", "pass", "fail", "policy", "temperror", "permerror", "timeout"}
	case "dmarc":
		return []string{"none", "pass", "fail", "bestguesspass", "temperror", "permerror"}
	case "compauth":
		return []string{"none", "pass", "softpass", "fail"}
	default:
		return []string{"none", "quarantine", "reject", "oreject", "o.reject", "permerror", "temperror", "pct.quarantine", "pct.reject"}
	}
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	all := detect.Facts{"why": detect.TextFact, "imitates": detect.TextFact}
	for _, name := range facts() {
		all[name] = detect.TextFact
	}
	return all.With(stated()...)
}

// stated are the fields that say which message it is.
func stated() []activity.Field {
	return []activity.Field{activity.FieldSubject, activity.FieldSender, activity.FieldMessageID, activity.FieldItem}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	return &detector{rule: r, set: s, fields: fields()}
}

type detector struct {
	rule   *detect.Rule
	set    *Settings
	fields map[string]detect.Value
}

// fields are the values that the detector reads, by the name of the fact.
func fields() map[string]detect.Value {
	all := map[string]detect.Value{}
	for _, name := range facts() {
		all[name], _ = detect.ParseValue("params." + name)
	}
	return all
}

// facts are what a finding states, in this order, as far as the message's headers say it.
func facts() []string {
	return []string{
		"spf", "dkim", "dmarc", "dmarc_action", "compauth", "compauth_reason", "authserv", "from_domain", "from_name",
		"mailfrom_domain", "header_from", "dkim_domain", "sender_ip", "reply_to", "reply_to_differs", "from_several", "arc", "planted",
		"untrusted",
	}
}

// foundMessage is one message that the rule finds.
type foundMessage struct {
	group     []string
	rows      []int
	why       []string
	lookAlike string
}

// Mailbox gives one finding per message, in order of delivery.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var all []*foundMessage
	byKey := map[string]*foundMessage{}
	look := newImitation(d, p)
	senders := look.senders(d, p)
	keys := d.keys(p.Case)
	if len(keys) == 0 && senders == nil {
		return nil // nothing in the case can fail
	}
	for row, a := range t.Matches() {
		var why []string
		if says(p.Case, a, keys) {
			why = d.failed(a, p)
		}
		imitated := senders.imitated(a)
		if imitated != "" {
			why = append(why, "look_alike")
		}
		if len(why) == 0 {
			continue
		}
		group := messageIdentity(a, p)
		key := strings.Join(group, "\x00")
		m := byKey[key]
		if m == nil {
			m = &foundMessage{group: group}
			all, byKey[key] = append(all, m), m
		}
		m.rows = append(m.rows, row)
		m.why = append(m.why, why...)
		m.lookAlike = max(m.lookAlike, imitated)
	}
	findings := make([]detect.Finding, 0, len(all))
	for _, m := range all {
		findings = append(findings, d.finding(t, p, m))
	}
	return findings
}

// keys are the details that hold results, as far as any record of the case has them: most deliveries come without
// headers and need no further look.
func (d *detector) keys(c *activity.Case) []activity.Key {
	var keys []activity.Key
	for _, name := range []string{"spf", "dkim", "dmarc", "compauth", "compauth_reason", "planted"} {
		if sym := c.Symbols.Find("params." + name); sym != 0 {
			keys = append(keys, activity.DynamicKey(sym))
		}
	}
	return keys
}

// says is whether a record has one of the details.
func says(c *activity.Case, a *activity.Activity, keys []activity.Key) bool {
	if len(keys) == 0 {
		return false
	}
	for detail := range c.Details(a) {
		if slices.Contains(keys, detail.Key) {
			return true
		}
	}
	return false
}

// failed lists the results for which the message is found.
func (d *detector) failed(a *activity.Activity, p *detect.Tenant) (why []string) {
	has := func(fact string, list []string) bool {
		for text := range d.fields[fact].Texts(a, p) {
			if slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, text) }) {
				return true
			}
		}
		return false
	}
	note := func(fact string, found bool) {
		if found {
			why = append(why, fact)
		}
	}
	s := d.set
	note("spf", has("spf", s.SPF))
	note("dkim", has("dkim", s.DKIM) && !(has("dkim", []string{"pass"}) && !slices.Contains(s.DKIM, "pass")))
	note("dmarc", has("dmarc", s.DMARC) && (len(s.DMARCAction) == 0 || has("dmarc_action", s.DMARCAction)))
	note("compauth", has("compauth", s.Compauth))
	note("compauth_reason", reasoned(d.fields["compauth_reason"].Text(a, p), s.CompauthReason))
	note("planted", s.Planted && d.fields["planted"].Text(a, p) != "")
	return why
}

// reasoned says whether a reason fits one of the patterns.
func reasoned(reason string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if len(reason) != len(pattern) {
			return false
		}
		for i := range pattern {
			if pattern[i] != 'x' && pattern[i] != reason[i] {
				return false
			}
		}
		return true
	})
}

// messageIdentity is what makes a message this one: its InternetMessageId, else its item, else when it came.
func messageIdentity(a *activity.Activity, p *detect.Tenant) []string {
	if id := detect.ValueOf(activity.FieldMessageID).Text(a, p); id != "" {
		return []string{id}
	}
	if a.Item != 0 {
		return []string{p.Case.Text(a.Item)}
	}
	return []string{detect.TimeText(a.Time), p.Case.Text(p.Case.Get(a, activity.FieldSubject))}
}

func (d *detector) finding(t detect.Timeline, p *detect.Tenant, m *foundMessage) detect.Finding {
	says := []detect.Statement{
		detect.Say("why", slices.Compact(slices.Sorted(slices.Values(m.why)))),
		detect.Say("imitates", m.lookAlike).If(m.lookAlike != ""),
	}
	for _, name := range facts() {
		says = append(says, detect.Values(d.fields[name].As(name)))
	}
	return detect.New(d.rule, t, p, m.rows, m.group, append(says, detect.Fields(stated()...))...)
}

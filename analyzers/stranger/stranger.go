// Package stranger is the detector for whoever is at a mailbox from a place that its owner does not know: one finding for
// each account and line, about the whole visit. It judges no single act; what was done there says how grave it is.
package stranger

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Shared bool    `yaml:"shared" doc:"judges only lines that are strange to two accounts or more"`
	From   float64 `yaml:"from" doc:"strangeness from which a line is a stranger's"`
	High   float64 `yaml:"high" doc:"strangeness from which a strong act (rule, factor, consent, account, right, policy), or any from a rented machine, makes it high"`
	Weak   float64 `yaml:"weak" doc:"strangeness from which any act that is not reading makes it high"`
	Medium float64 `yaml:"medium" doc:"strangeness and what was done there, together, from which a strong act makes it medium; above high, anything does"`
	Low    float64 `yaml:"low" doc:"likewise for low"`
	Act    float64 `yaml:"act" doc:"what each kind of act adds: search, rule, factor, consent, device, right, deletion, sending"`
	Read   float64 `yaml:"read" doc:"what reading adds"`
	Reads  int     `yaml:"reads" doc:"acts of reading from a rented machine that make it high, too"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "stranger",
		Doc:  "one finding for each line that is strange to the account, about all that was done from there",
		Settings: func() detect.Settings {
			return &Settings{From: 1.5, High: 2.5, Weak: 4, Medium: 3.0, Low: 2.7, Act: 0.6, Read: 0.5, Reads: 5}
		},
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	for path, v := range map[string]float64{"from": s.From, "high": s.High, "weak": s.Weak, "medium": s.Medium, "low": s.Low, "act": s.Act, "read": s.Read} {
		if v < 0 || v > 5 {
			errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf("want 0 to 5, got %v", v)})
		}
	}
	if s.Reads < 1 {
		errs = append(errs, detect.FieldError{Path: "reads", Reason: "want at least 1"})
	}
	slices.SortFunc(errs, func(a, b error) int { return slices.Compare([]byte(a.Error()), []byte(b.Error())) })
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"line": detect.TextFact, "strangeness": detect.TextFact, "strange_why": detect.TextFact, "did": detect.TextFact, "days": detect.NumberFact,
		"reads": detect.NumberFact, "by_logon": detect.NumberFact, "by_time": detect.NumberFact, "accounts": detect.NumberFact, "others": detect.TextFact,
	}.With(placeFields()...).With(stated()...)
}

// placeFields are the fields that say from where: those of the acts whose own address is there.
func placeFields() []activity.Field {
	return []activity.Field{activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass}
}

// stated are the fields that say with what.
func stated() []activity.Field {
	return []activity.Field{activity.FieldApp, activity.FieldAgent, activity.FieldSession}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	alone := detector{r, *s}
	if s.Shared {
		return &sharedLines{alone}
	}
	return &alone
}

type detector struct {
	rule *detect.Rule
	Settings
}

// Mailbox gives one finding per line, in order of the first act from there.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var findings []detect.Finding
	for _, v := range visits(t, p, d.From) {
		if level, ok := d.level(v); ok {
			findings = append(findings, d.finding(t, p, v, level))
		}
	}
	return findings
}

// level says how grave a visit is; ok is false where it is nothing.
func (d *detector) level(v *visit) (detect.Level, bool) {
	points := v.strangeness() + d.Act*float64(v.acts.Len())
	if v.reads > 0 {
		points += d.Read
	}
	switch {
	case v.strangeness() >= d.Weak && (v.acts.Len() > 0 || v.rented && v.reads > v.byApp),
		v.strangeness() >= d.High && v.strong(),
		v.strangeness() >= d.rented(v) && v.rented && (v.acts.Len() > 0 || v.reads-v.byApp >= d.Reads):
		return max(d.rule.Level, detect.High), true
	case v.acts.Len()+v.reads == 0: // nobody did anything: the rules about logons tell of it
		return 0, false
	case v.strangeness() >= d.High && !d.told(v), v.strong() && points >= d.Medium:
		return detect.Medium, true
	case points >= d.Low:
		return detect.Low, true
	}
	return 0, false
}

// told says that other rules tell all that is strange of a visit: that of the VPN, where nothing but the line is new; those
// of consents, where an application that the person let in reads for him; those of searches and sending, where the line
// is another of a usual network, or one that colleagues come from, and the program is another: a private window opens a
// session and shows no device; or that of the country, where its line is all that is new and mail was only read.
func (d *detector) told(v *visit) bool {
	const vpn = 0.5
	switch {
	case v.vpn && v.strangeness() < d.High+vpn, v.acts.Len() == 0 && v.reads == v.byApp:
		return true
	case v.strangeness() > d.High:
		return false
	}
	usual := !v.new("network", "country", "the address is of class") || v.new("several accounts of the tenant come from here")
	return usual || v.acts.Len() == 0 && v.new("country") && !v.rented
}

// rented is the strangeness from which a rented machine is more than a person's own VPN.
func (d *detector) rented(v *visit) float64 {
	const vpn = 1
	if v.vpn {
		return d.High + vpn
	}
	return d.High
}

func (d *detector) finding(t detect.Timeline, p *detect.Tenant, v *visit, level detect.Level, says ...detect.Statement) detect.Finding {
	all := append([]detect.Statement{
		detect.Say("line", v.line), detect.Say("strangeness", strconv.FormatFloat(v.strangeness(), 'f', -1, 64)), detect.Say("strange_why", v.why),
		detect.Say("did", v.did()), detect.Say("reads", v.reads).If(v.reads > 0), detect.Say("by_logon", v.byLogon).If(v.byLogon > 0),
		detect.Say("by_time", v.byTime).If(v.byTime > 0),
		detect.Say("days", v.days), detect.Fields(placeFields()...).From(v.at), detect.Fields(stated()...), detect.MessageFields(),
	}, says...)
	f := detect.New(d.rule, t, p, v.rows, []string{v.line}, all...)
	f.Level = level
	f.Confidence = min(f.Confidence, sure(v.tenths))
	if v.byTime > 0 {
		for _, row := range v.proof {
			f.Proof = append(f.Proof, t.Rows[row].Index())
		}
	}
	return f
}

// sure is how sure it is that a visit is a stranger's: about 2 points of strangeness are what travellers have.
func sure(tenths int) int { return min(95, 40+tenths) }

// Package stix writes the indicators of a report as a STIX 2.1 bundle (OASIS, 10 June 2021). The same report gives the same
// ids: UUIDv5 in the standard's namespace over the properties that the standard names for observables (section 2.9), and in a
// namespace of our own for everything else.
package stix

import (
	"bufio"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/netip"
	"strings"
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/iocs"
)

// The namespaces of ids.
const (
	observables = "00abedb4-aa42-466c-9c01-fed23315a9b7" // the standard's
	ours        = "2e8f4d30-6c0b-5d5c-9d3c-5b8e7b0f6a11" // of whatever is no observable
)

// object is any object of a bundle: what it does not have is left out.
type object struct {
	Type        string `json:"type"`
	SpecVersion string `json:"spec_version,omitzero"`
	ID          string `json:"id"`
	CreatedBy   string `json:"created_by_ref,omitzero"`
	Created     string `json:"created,omitzero"`
	Modified    string `json:"modified,omitzero"`
	Confidence  int    `json:"confidence,omitzero"`

	Name           string   `json:"name,omitzero"`
	Description    string   `json:"description,omitzero"`
	IdentityClass  string   `json:"identity_class,omitzero"`
	ReportTypes    []string `json:"report_types,omitzero"`
	Published      string   `json:"published,omitzero"`
	IndicatorTypes []string `json:"indicator_types,omitzero"`
	Pattern        string   `json:"pattern,omitzero"`
	PatternType    string   `json:"pattern_type,omitzero"`
	ValidFrom      string   `json:"valid_from,omitzero"`
	Relationship   string   `json:"relationship_type,omitzero"`
	Source         string   `json:"source_ref,omitzero"`
	Target         string   `json:"target_ref,omitzero"`
	First          string   `json:"first_observed,omitzero"`
	Last           string   `json:"last_observed,omitzero"`
	Number         int      `json:"number_observed,omitzero"`
	Refs           []string `json:"object_refs,omitzero"`
	Markings       []string `json:"object_marking_refs,omitzero"`
	Value          string   `json:"value,omitzero"` // of an observable
}

// bundle is what is written.
type bundle struct {
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	Objects []object `json:"objects"`
}

// Write writes the bundle: who says it, an indicator for each thing to look for, what was observed of it, and a report that
// holds them. Sessions mean something in their tenant alone, and are left out.
func Write(w io.Writer, r *report.Report) error {
	b := builder{r: r, have: map[string]bool{}, at: asOf(r)}
	b.identity = b.add(born, object{Type: "identity", ID: "identity--" + id(ours, "identity:triage"), Name: "triage", IdentityClass: "system"})
	list := iocs.Of(r)
	for i := range list.Indicators {
		b.indicator(&list.Indicators[i])
	}
	b.report(list.Notes)
	seed := make([]string, len(b.objects))
	for i := range b.objects {
		seed[i] = b.objects[i].ID
	}
	out := bufio.NewWriter(w)
	doc := bundle{Type: "bundle", ID: "bundle--" + id(ours, "bundle:"+strings.Join(seed, " ")), Objects: b.objects}
	if err := report.WriteDocument(out, &doc); err != nil {
		return err
	}
	return out.Flush()
}

type builder struct {
	r        *report.Report
	objects  []object
	have     map[string]bool
	at       report.Time // the day of the report
	identity string
}

// born is when the identity was made.
const born = report.Time(1767225600000) // 2026-01-01

// add adds an object once and returns its id. An object of an id was made at one time, in whatever report it stands; what
// it says is as of the report's day.
func (b *builder) add(made report.Time, o object) string {
	if b.have[o.ID] {
		return o.ID
	}
	b.have[o.ID] = true
	o.SpecVersion = "2.1"
	if o.Value == "" { // observables have neither maker nor time
		o.CreatedBy, o.Created, o.Modified = b.identity, stixTime(made), stixTime(max(made, b.at))
	}
	if o.Type == "identity" {
		o.Modified = o.Created
	}
	o.Markings = markingOf(b.r)
	b.objects = append(b.objects, o)
	return o.ID
}

// indicator adds what to look for, what was seen of it, and that the one rests on the other.
func (b *builder) indicator(in *iocs.Indicator) {
	kind, pattern := patternOf(in)
	if pattern == "" {
		return
	}
	from := in.First
	if from <= 0 {
		from = born
	}
	subject := string(in.Tenant) + ":" + pattern
	made := b.add(from, object{
		Type: "indicator", ID: "indicator--" + id(ours, "indicator:"+subject), Name: report.Short(in.Type+" "+in.Value, 200), Description: description(in),
		IndicatorTypes: []string{"malicious-activity"}, Pattern: pattern, PatternType: "stix", ValidFrom: stixTime(from), Confidence: confidence(in.Confidence),
	})
	if kind == "" || in.First <= 0 {
		return
	}
	seen := b.add(0, object{Type: kind, ID: kind + "--" + id(observables, contributing(in.Value)), Value: in.Value})
	number := min(max(in.Count, 1), 999_999_999) // the standard's limit
	data := b.add(from, object{
		Type: "observed-data", ID: "observed-data--" + id(ours, "observed-data:"+subject), First: stixTime(in.First), Last: stixTime(max(in.Last, in.First)),
		Number: number, Refs: []string{seen},
	})
	b.add(from, object{Type: "relationship", ID: "relationship--" + id(ours, "based-on:"+subject), Relationship: "based-on", Source: made, Target: data})
}

// report adds the object that holds all the others.
func (b *builder) report(notes []string) {
	refs := make([]string, len(b.objects))
	for i := range b.objects {
		refs[i] = b.objects[i].ID
	}
	name := "triage: indicators of " + report.Counted(len(b.r.Intruders)+b.r.IntrudersMore, "intruder", "intruders")
	text := "Made from report " + b.r.AsOf + " by " + b.r.Tool.Name + " " + b.r.Tool.Version + "."
	if len(notes) > 0 {
		text += " " + strings.Join(notes, "; ") + "."
	}
	b.add(b.at, object{
		Type: "report", ID: "report--" + id(ours, "report:"+b.r.AsOf+" "+strings.Join(refs, " ")), Name: name, Description: text,
		ReportTypes: []string{"indicator"}, Published: stixTime(b.at), Refs: refs,
	})
}

// patternOf is the pattern of an indicator and the type of its observable; both are "" where STIX has none.
func patternOf(in *iocs.Indicator) (kind, pattern string) {
	switch in.Type {
	case iocs.IP:
		kind = "ipv6-addr"
		if ip, err := netip.ParseAddr(in.Value); err == nil && ip.Is4() {
			kind = "ipv4-addr"
		}
	case iocs.Domain:
		kind = "domain-name"
	case iocs.Sender, iocs.Mailbox:
		kind = "email-addr"
	case iocs.Agent:
		return "", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = " + patternQuoted(in.Value) + "]"
	case iocs.App:
		return "", "[x-oauth-application:client_id = " + patternQuoted(in.Value) + "]"
	default:
		return "", ""
	}
	return kind, "[" + kind + ":value = " + patternQuoted(in.Value) + "]"
}

// patternQuoted is a text as a pattern holds it: in quotes, with the quote and the backslash escaped (STIX 2.1, 9.2).
func patternQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(strings.ToValidUTF8(s, "\uFFFD")) + "'"
}

// contributing is what an observable's id is made from: {"value":"203.0.113.9"}, in the canonical form of RFC 8785. Values are
// addresses and names, without anything that this form escapes otherwise than JSON does.
func contributing(value string) string {
	var b strings.Builder
	out := bufio.NewWriter(&b)
	_ = report.WriteValue(out, struct { // writes into memory
		Value string `json:"value"`
	}{value})
	_ = out.Flush()
	return b.String()
}

// id is the UUIDv5 of a text in a namespace (RFC 9562, 5.5).
func id(namespace, text string) string {
	raw, _ := hex.DecodeString(strings.ReplaceAll(namespace, "-", "")) // a constant
	sum := sha1.Sum(append(raw, text...))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// asOf is the beginning of the day of the report.
func asOf(r *report.Report) report.Time {
	at, err := time.Parse(time.DateOnly, r.AsOf)
	if err != nil {
		return 1
	}
	return report.Time(at.UnixMilli())
}

// stixTime is a time as STIX wants it: always with milliseconds.
func stixTime(t report.Time) string {
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}

// confidence is by the scale of the standard's appendix A: high, medium, low.
func confidence(word string) int {
	switch word {
	case iocs.High:
		return 85
	case iocs.Medium:
		return 50
	default:
		return 15
	}
}

func description(in *iocs.Indicator) string {
	var parts []string
	if len(in.Intruders) > 0 {
		parts = append(parts, "intruder "+strings.Join(in.Intruders, ", "))
	}
	if in.Count > 0 {
		parts = append(parts, report.Counted(in.Count, "activity", "activities"))
	}
	parts = append(parts, in.Notes...)
	if n := len(in.Findings); n > 0 {
		parts = append(parts, "findings "+report.NameList(in.Findings, 10))
	}
	return report.Short(strings.Join(parts, "; "), 2000)
}

// markingOf is the standard's object of how far the report may go (STIX 2.1, 7.2.1.4); none where the case does not say. The
// standard knows no AMBER+STRICT: it is AMBER.
func markingOf(r *report.Report) []string {
	ids := map[string]string{
		"CLEAR": "613f2e26-407d-48c7-9eca-b8e91df99dc9", "GREEN": "34098fce-860f-48ae-8e50-ebd3cc5e41da",
		"AMBER": "f88d31f6-486f-44da-b317-01333bde0b82", "AMBER+STRICT": "f88d31f6-486f-44da-b317-01333bde0b82",
		"RED": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
	}
	if of := ids[string(r.Case.TLP)]; of != "" {
		return []string{"marking-definition--" + of}
	}
	return nil
}

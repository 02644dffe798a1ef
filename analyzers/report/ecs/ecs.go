// Package ecs writes findings as alerts of the Elastic Common Schema (ECS 8.11), a JSON document a line.
package ecs

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/analyzers/report"
)

type alert struct {
	Timestamp string        `json:"@timestamp"`
	Message   string        `json:"message"`
	ECS       ecsVersion    `json:"ecs"`
	Event     event         `json:"event"`
	Rule      rule          `json:"rule"`
	User      *user         `json:"user,omitzero"`
	Source    *sourceFields `json:"source,omitzero"`
	Agent     *agent        `json:"user_agent,omitzero"`
	Threat    *threat       `json:"threat,omitzero"`
	Related   related       `json:"related"`
	Tags      []string      `json:"tags"`
	Observer  observer      `json:"observer"`
	Cloud     *cloud        `json:"cloud,omitzero"`
	Triage    ours          `json:"triage"`
}

type ecsVersion struct {
	Version string `json:"version"`
}

type event struct {
	Kind     string   `json:"kind"`
	Category []string `json:"category"`
	Type     []string `json:"type"`
	Module   string   `json:"module"`
	Dataset  string   `json:"dataset"`
	Provider string   `json:"provider"`
	ID       string   `json:"id"`
	Code     string   `json:"code"`
	Severity int      `json:"severity"`
	Risk     float64  `json:"risk_score"`
	Start    string   `json:"start,omitzero"`
	End      string   `json:"end,omitzero"`
	Reason   string   `json:"reason"`
}

type rule struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Category    string   `json:"category,omitzero"`
	Author      []string `json:"author,omitzero"`
	Description string   `json:"description"`
	Ruleset     string   `json:"ruleset"`
	UUID        string   `json:"uuid"`
}

type user struct {
	Name   string `json:"name"`
	Email  string `json:"email,omitzero"`
	Domain string `json:"domain,omitzero"`
}

type sourceFields struct {
	IP  string     `json:"ip"`
	Geo *geoPoint  `json:"geo,omitzero"`
	AS  *asNumbers `json:"as,omitzero"`
}

type geoPoint struct {
	Country string `json:"country_iso_code,omitzero"`
	City    string `json:"city_name,omitzero"`
}

type asNumbers struct {
	Number int64  `json:"number,omitzero"`
	Org    *orgOf `json:"organization,omitzero"`
}

type orgOf struct {
	Name string `json:"name"`
}

type agent struct {
	Original string `json:"original"`
}

type threat struct {
	Framework  string      `json:"framework"`
	Techniques []technique `json:"technique"`
}

type technique struct {
	ID        string      `json:"id"`
	Reference string      `json:"reference"`
	Sub       []technique `json:"subtechnique,omitzero"`
}

type related struct {
	IP   []string `json:"ip,omitzero"`
	User []string `json:"user"`
}

type observer struct {
	Product string `json:"product"`
	Type    string `json:"type"`
	Vendor  string `json:"vendor"`
	Version string `json:"version"`
}

type cloud struct {
	Account idOnly `json:"account"`
}

type idOnly struct {
	ID string `json:"id"`
}

// ours is what the schema has no field for.
type ours struct {
	Finding     string      `json:"finding"`
	Short       string      `json:"short"`
	Level       string      `json:"level"`
	Confidence  int         `json:"confidence"`
	Count       int         `json:"count"`
	Intruder    report.Text `json:"intruder"`
	Suppressed  bool        `json:"suppressed"`
	Decision    report.Text `json:"decision"`
	Evidence    []string    `json:"evidence"`
	More        int         `json:"evidence_more"`
	Next        report.Text `json:"next"`
	Fingerprint string      `json:"fingerprint"`
}

// cited is how many rows a document names.
const cited = 50

// Write writes a document a finding, in the order of the report.
func Write(w io.Writer, r *report.Report) error {
	out := bufio.NewWriter(w)
	places := map[string]*report.Address{}
	for i := range r.Addresses {
		places[r.Addresses[i].IP] = &r.Addresses[i]
	}
	for i := range r.Findings {
		doc := alertOf(r, &r.Findings[i], places)
		if err := report.WriteValue(out, &doc); err != nil {
			return fmt.Errorf("finding %s: %w", r.Findings[i].ID, err)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

func alertOf(r *report.Report, f *report.Finding, places map[string]*report.Address) alert {
	a := alert{
		Timestamp: documentTime(f.Last, r), Message: f.Text, ECS: ecsVersion{"8.11.0"},
		Event: event{
			Kind: "alert", Category: []string{"email", "intrusion_detection"}, Type: []string{"info"}, Module: "triage", Dataset: "triage.findings", Provider: "triage",
			ID: f.Short, Code: f.Rule, Severity: elasticSeverity(f.Level), Risk: f.Points, Start: f.First.String(), End: f.Last.String(), Reason: f.Text,
		},
		Rule:    rule{ID: f.Rule, Name: f.Title, Category: f.Family, Description: f.Title, Ruleset: "triage", UUID: f.Fingerprint},
		Related: related{User: []string{f.Mailbox}}, Tags: []string{"triage", f.Level},
		Observer: observer{Product: "triage", Type: "forensics", Vendor: "triage", Version: r.Tool.Version},
		Triage: ours{
			Finding: f.ID, Short: f.Short, Level: f.Level, Confidence: f.Confidence, Count: f.Count, Intruder: f.Intruder, Suppressed: f.Suppressed != nil,
			Evidence: []string{}, Next: f.Next, Fingerprint: f.Fingerprint,
		},
		User: &user{Name: f.Mailbox}, Threat: threatOf(f.Attack),
	}
	if local, domain, ok := strings.Cut(f.Mailbox, "@"); ok && local != "" {
		a.User.Email, a.User.Domain = f.Mailbox, domain
	}
	if f.Author != "" {
		a.Rule.Author = []string{string(f.Author)}
	}
	if f.Decision != nil {
		a.Triage.Decision = report.Text(f.Decision.Verdict)
	}
	if f.Tenant != "" {
		a.Cloud = &cloud{idOnly{string(f.Tenant)}}
	}
	for i, e := range f.Evidence {
		if i == cited {
			break
		}
		a.Triage.Evidence = append(a.Triage.Evidence, e.File+":"+strconv.FormatInt(e.Line, 10))
	}
	a.Triage.More = f.Count - len(a.Triage.Evidence)
	a.from(f, places)
	for _, actor := range f.Texts("actor") {
		if !slices.Contains(a.Related.User, actor) {
			a.Related.User = append(a.Related.User, actor)
		}
	}
	return a
}

// from says where the acts came from: the one address in source, several in related only.
func (a *alert) from(f *report.Finding, places map[string]*report.Address) {
	for _, text := range f.Texts("ip") {
		if ip, err := netip.ParseAddr(text); err == nil { // a field of type ip takes nothing else
			a.Related.IP = append(a.Related.IP, ip.WithZone("").String())
		}
	}
	if agents := f.Texts("agent"); len(agents) == 1 {
		a.Agent = &agent{agents[0]}
	}
	if len(a.Related.IP) != 1 {
		return
	}
	a.Source = &sourceFields{IP: a.Related.IP[0]}
	at := places[a.Source.IP]
	if at == nil {
		return
	}
	if at.Country != "" || at.City != "" {
		a.Source.Geo = &geoPoint{string(at.Country), string(at.City)}
	}
	if at.ASN != 0 || at.Org != "" {
		a.Source.AS = &asNumbers{Number: int64(at.ASN)}
		if at.Org != "" {
			a.Source.AS.Org = &orgOf{string(at.Org)}
		}
	}
}

func threatOf(ids []string) *threat {
	if len(ids) == 0 {
		return nil
	}
	t := &threat{Framework: "MITRE ATT&CK"}
	link := func(id string) technique {
		return technique{ID: id, Reference: "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/") + "/"}
	}
	for _, id := range ids {
		parent, _, sub := strings.Cut(id, ".")
		i := slices.IndexFunc(t.Techniques, func(one technique) bool { return one.ID == parent })
		if i < 0 {
			i = len(t.Techniques)
			t.Techniques = append(t.Techniques, link(parent))
		}
		if sub {
			t.Techniques[i].Sub = append(t.Techniques[i].Sub, link(id))
		}
	}
	return t
}

// elasticSeverity is on the scale of Elastic's own rules: 21, 47, 73, 99.
func elasticSeverity(level string) int {
	return map[string]int{"low": 21, "medium": 47, "high": 73, "critical": 99}[level]
}

// documentTime is a time, or the day of the report where a finding has none: a document must have one.
func documentTime(t report.Time, r *report.Report) string {
	if text := t.String(); text != "" {
		return text
	}
	if at, err := time.Parse(time.DateOnly, r.AsOf); err == nil {
		return at.UTC().Format(time.RFC3339)
	}
	return "1970-01-01T00:00:00Z"
}

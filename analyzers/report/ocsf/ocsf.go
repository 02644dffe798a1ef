// Package ocsf writes findings as Detection Findings of the Open Cybersecurity Schema Framework (OCSF 1.4.0, class 2004; is_alert is new in it), a
// JSON object a line.
package ocsf

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"triage/analyzers/report"
)

// The numbers of the class.
const (
	category  = 2    // Findings
	class     = 2004 // Detection Finding
	create    = 1    // activity
	typeUID   = class*100 + create
	alertKind = "Detection Finding: Create"
)

type detection struct {
	Activity     int          `json:"activity_id"`
	ActivityName string       `json:"activity_name"`
	Category     int          `json:"category_uid"`
	CategoryName string       `json:"category_name"`
	Class        int          `json:"class_uid"`
	ClassName    string       `json:"class_name"`
	Type         int          `json:"type_uid"`
	TypeName     string       `json:"type_name"`
	Severity     int          `json:"severity_id"`
	SeverityName string       `json:"severity"`
	Status       int          `json:"status_id"`
	StatusName   string       `json:"status"`
	Comment      string       `json:"comment,omitzero"`
	Time         int64        `json:"time"`
	Start        int64        `json:"start_time,omitzero"`
	End          int64        `json:"end_time,omitzero"`
	Count        int          `json:"count,omitzero"`
	Message      string       `json:"message"`
	Confidence   int          `json:"confidence_score"`
	ConfidenceID int          `json:"confidence_id"`
	Risk         int          `json:"risk_score"`
	Alert        bool         `json:"is_alert"`
	Metadata     metadata     `json:"metadata"`
	Finding      finding      `json:"finding_info"`
	Resources    []resource   `json:"resources"`
	Evidences    []evidence   `json:"evidences,omitzero"`
	Observables  []observable `json:"observables"`
	Remediation  *remediation `json:"remediation,omitzero"`
	Unmapped     unmapped     `json:"unmapped"`
}

type metadata struct {
	Version string   `json:"version"`
	Product product  `json:"product"`
	UID     string   `json:"uid"`
	Labels  []string `json:"labels,omitzero"`
}

type product struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version"`
}

type finding struct {
	UID       string   `json:"uid"`
	Title     string   `json:"title"`
	Desc      string   `json:"desc"`
	Types     []string `json:"types,omitzero"`
	First     int64    `json:"first_seen_time,omitzero"`
	Last      int64    `json:"last_seen_time,omitzero"`
	Created   int64    `json:"created_time"`
	Analytic  analytic `json:"analytic"`
	Attacks   []attack `json:"attacks,omitzero"`
	ProductID string   `json:"product_uid"`
}

type analytic struct {
	Type     int    `json:"type_id"`
	TypeName string `json:"type"`
	UID      string `json:"uid"`
	Name     string `json:"name"`
}

type attack struct {
	Technique *technique `json:"technique"`
	Sub       *technique `json:"sub_technique,omitzero"`
	Version   string     `json:"version"`
}

type technique struct {
	UID string `json:"uid"`
}

type resource struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type evidence struct {
	Data evidenceData `json:"data"`
}

type evidenceData struct {
	File string      `json:"file"`
	Line int64       `json:"line"`
	Time report.Time `json:"time"`
	ID   string      `json:"id"`
}

type observable struct {
	Name     string `json:"name"`
	Type     int    `json:"type_id"`
	TypeName string `json:"type"`
	Value    string `json:"value"`
}

type remediation struct {
	Desc string `json:"desc"`
}

type unmapped struct {
	Finding  string          `json:"finding"`
	Short    string          `json:"short"`
	Family   string          `json:"family"`
	Intruder report.Text     `json:"intruder"`
	More     int             `json:"evidence_more"`
	Facts    report.Facts    `json:"facts"`
	Tenant   report.TenantOf `json:"tenant,omitzero"`
}

// cited is how many rows an object names.
const cited = 50

// Write writes an object a finding, in the order of the report.
func Write(w io.Writer, r *report.Report) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		doc := detectionOf(r, &r.Findings[i])
		if err := report.WriteValue(out, &doc); err != nil {
			return fmt.Errorf("finding %s: %w", r.Findings[i].ID, err)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

func detectionOf(r *report.Report, f *report.Finding) detection {
	made := asOf(r)
	at := int64(f.Last)
	if f.Last.String() == "" {
		at = made
	}
	d := detection{
		Activity: create, ActivityName: "Create", Category: category, CategoryName: "Findings", Class: class, ClassName: "Detection Finding",
		Type: typeUID, TypeName: alertKind, Time: at, Start: int64(f.First), End: int64(f.Last), Count: f.Count, Message: f.Text,
		Confidence: f.Confidence, ConfidenceID: confidenceID(f.Confidence), Risk: int(f.Points + 0.5), Alert: f.Speaks(),
		Metadata: metadata{Version: "1.4.0", Product: product{"triage", "triage", r.Tool.Version}, UID: f.Fingerprint},
		Finding: finding{
			UID: f.Fingerprint, Title: title(f), Desc: f.Text, Types: []string{f.Family}, First: int64(f.First), Last: int64(f.Last), Created: made,
			Analytic: analytic{1, "Rule", f.Rule, title(f)}, ProductID: f.Short,
		},
		Resources:   []resource{{f.Mailbox, f.Mailbox, "mailbox"}},
		Observables: observablesOf(f),
		Unmapped:    unmapped{Finding: f.ID, Short: f.Short, Family: f.Family, Intruder: f.Intruder, Facts: f.Facts, Tenant: f.Tenant},
	}
	d.Severity, d.SeverityName = severity(f.Level)
	d.Status, d.StatusName, d.Comment = status(f)
	for _, id := range f.Attack {
		d.Finding.Attacks = append(d.Finding.Attacks, attackOf(id))
	}
	for i, e := range f.Evidence {
		if i == cited {
			break
		}
		d.Evidences = append(d.Evidences, evidence{evidenceData{e.File, e.Line, e.Time, e.Identity}})
	}
	d.Unmapped.More = f.Count - len(d.Evidences)
	if f.Next != "" {
		d.Remediation = &remediation{string(f.Next)}
	}
	return d
}

// title is never empty: the class wants one.
func title(f *report.Finding) string {
	if f.Title == "" {
		return f.Rule
	}
	return f.Title
}

func attackOf(id string) attack {
	a := attack{Version: "17"}
	if parent, _, sub := strings.Cut(id, "."); sub {
		a.Technique, a.Sub = &technique{parent}, &technique{id}
		return a
	}
	a.Technique = &technique{id}
	return a
}

func severity(level string) (int, string) {
	switch level {
	case "informational":
		return 1, "Informational"
	case "low":
		return 2, "Low"
	case "medium":
		return 3, "Medium"
	case "high":
		return 4, "High"
	case "critical":
		return 5, "Critical"
	}
	return 0, "Unknown"
}

func status(f *report.Finding) (id int, name, comment string) {
	switch {
	case f.Suppressed != nil:
		return 3, "Suppressed", report.SaidBy(f.Suppressed.Reason, f.Suppressed.By)
	case f.Decision != nil && f.Decision.Verdict == report.Benign:
		return 4, "Resolved", report.SaidBy(f.Decision.Reason, string(f.Decision.By))
	case f.Decision != nil:
		return 2, "In Progress", report.SaidBy(f.Decision.Reason, string(f.Decision.By))
	}
	return 1, "New", ""
}

// confidenceID is 1 low, 2 medium, 3 high.
func confidenceID(percent int) int {
	switch {
	case percent >= 70:
		return 3
	case percent >= 40:
		return 2
	default:
		return 1
	}
}

// observablesOf are what the finding's facts name that the framework has a type for.
func observablesOf(f *report.Finding) []observable {
	list := []observable{{"resources[].name", 4, "User Name", f.Mailbox}}
	for _, text := range f.Texts("ip") {
		if ip, err := netip.ParseAddr(text); err == nil {
			list = append(list, observable{"unmapped.facts.ip", 2, "IP Address", ip.WithZone("").String()})
		}
	}
	for _, name := range []string{"sender", "forward_to", "reply_to"} {
		for _, text := range f.Texts(name) {
			list = append(list, observable{"unmapped.facts." + name, 5, "Email Address", text})
		}
	}
	for _, text := range f.Texts("agent") {
		list = append(list, observable{"unmapped.facts.agent", 16, "HTTP User-Agent", text})
	}
	return list
}

// asOf is the beginning of the day of the report, in milliseconds since 1970.
func asOf(r *report.Report) int64 {
	at, err := time.Parse(time.DateOnly, r.AsOf)
	if err != nil {
		return 0
	}
	return at.UnixMilli()
}

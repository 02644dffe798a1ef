package render

import (
	"cmp"
	"io"
	"slices"

	"triage/analyzers/report"
)

// CanonicalName names the document that [WriteCanonical] writes.
const CanonicalName = "triage.canonical/v1"

// canonical is what two runs over the same acts must agree on, however the exports were cut, doubled, shuffled or
// encoded: nothing in it depends on files.
type canonical struct {
	Schema    string             `json:"schema"`
	Mailboxes []canonicalEntity  `json:"mailboxes"`
	Services  []canonicalEntity  `json:"services"`
	Addresses []canonicalEntity  `json:"addresses"`
	Sessions  []canonicalEntity  `json:"sessions"`
	Messages  []canonicalEntity  `json:"messages"`
	Findings  []canonicalFinding `json:"findings"`
}

type canonicalEntity struct {
	Tenant     report.TenantOf `json:"tenant,omitzero"` // as in findings, only where the report is about several
	Name       string          `json:"name"`
	Score      float64         `json:"score"`
	Band       string          `json:"band"`
	Activities int             `json:"activities"`
}

type canonicalFinding struct {
	Tenant      report.TenantOf     `json:"tenant,omitzero"`
	Fingerprint string              `json:"fingerprint"`
	Rule        string              `json:"rule"`
	Mailbox     string              `json:"mailbox"`
	Level       string              `json:"level"`
	Confidence  int                 `json:"confidence"`
	Points      float64             `json:"points"`
	Share       float64             `json:"share"`
	Family      string              `json:"family"`
	First       report.Time         `json:"first"`
	Last        report.Time         `json:"last"`
	Count       int                 `json:"count"`
	Facts       report.Facts        `json:"facts"`
	Strangeness *float64            `json:"strangeness,omitzero"`
	StrangeWhy  []string            `json:"strange_why,omitzero"`
	Suppressed  report.Text         `json:"suppressed"`
	Evidence    []canonicalEvidence `json:"evidence"`
}

type canonicalEvidence struct {
	Identity string      `json:"identity"`
	Time     report.Time `json:"time"`
	Who      report.Text `json:"who,omitzero"` // whose act it was
	Intruder report.Text `json:"intruder,omitzero"`
}

// WriteCanonical writes what can be compared between runs: findings, scores, counts of distinct activities, and
// evidence as identity and time. No inputs, rows, places in files, raw text, service ids or F-numbers.
func WriteCanonical(w io.Writer, r *report.Report) error {
	doc := canonical{Schema: CanonicalName, Findings: []canonicalFinding{}}
	of := func(t report.TenantOf) report.TenantOf {
		if !r.Several() {
			return "" // the report of one tenant is the same, whatever else the case holds
		}
		return t
	}
	for _, m := range r.Mailboxes {
		doc.Mailboxes = append(doc.Mailboxes, canonicalEntity{of(m.Tenant), m.Mailbox, m.Score, m.Band, m.Activities})
	}
	for _, s := range r.Services {
		doc.Services = append(doc.Services, canonicalEntity{of(s.Tenant), s.Name, 0, "none", s.Activities})
	}
	for _, a := range r.Addresses {
		doc.Addresses = append(doc.Addresses, canonicalEntity{of(a.Tenant), a.IP, a.Score, a.Band, a.Activities})
	}
	for _, s := range r.Sessions {
		doc.Sessions = append(doc.Sessions, canonicalEntity{of(s.Tenant), s.Session, s.Score, s.Band, s.Activities})
	}
	for _, m := range r.Messages {
		name := cmp.Or(m.MessageID, m.Item)
		doc.Messages = append(doc.Messages, canonicalEntity{of(m.Tenant), string(name), m.Score, m.Band, 0})
	}
	for _, list := range []*[]canonicalEntity{&doc.Mailboxes, &doc.Services, &doc.Addresses, &doc.Sessions, &doc.Messages} {
		sortCanonical(list)
	}
	by := rowsByIdentity(r)
	for i := range r.Findings {
		one := canonicalOf(&r.Findings[i], by[r.Findings[i].Tenant])
		one.Tenant = of(r.Findings[i].Tenant)
		doc.Findings = append(doc.Findings, one)
	}
	slices.SortStableFunc(doc.Findings, func(x, y canonicalFinding) int {
		return cmp.Or(
			cmp.Compare(x.Tenant, y.Tenant), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Fingerprint, y.Fingerprint),
		)
	})
	return report.WriteDocument(w, &doc)
}

func sortCanonical(list *[]canonicalEntity) {
	if *list == nil {
		*list = []canonicalEntity{}
	}
	slices.SortStableFunc(*list, func(x, y canonicalEntity) int {
		return cmp.Or(
			cmp.Compare(x.Tenant, y.Tenant), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Score, y.Score), cmp.Compare(x.Activities, y.Activities),
		)
	})
}

func canonicalOf(f *report.Finding, by map[string]*report.Row) canonicalFinding {
	out := canonicalFinding{
		Fingerprint: f.Fingerprint, Rule: f.Rule, Mailbox: f.Mailbox, Level: f.Level, Confidence: f.Confidence,
		Points: f.Points, Share: f.Share, Family: f.Family, First: f.First, Last: f.Last, Count: f.Count,
		Facts: slices.Clone(f.Facts), Strangeness: f.Strangeness, StrangeWhy: f.StrangeWhy, Evidence: []canonicalEvidence{},
	}
	slices.SortStableFunc(out.Facts, func(x, y report.Fact) int { return cmp.Compare(x.Name, y.Name) })
	if f.Suppressed != nil {
		out.Suppressed = report.Text(f.Suppressed.Exception)
	}
	for _, e := range f.Evidence {
		row := by[e.Identity]
		if row == nil {
			row = &report.Row{}
		}
		out.Evidence = append(out.Evidence, canonicalEvidence{e.Identity, e.Time, row.Who, row.Intruder})
	}
	slices.SortStableFunc(out.Evidence, func(x, y canonicalEvidence) int {
		return cmp.Or(cmp.Compare(x.Time, y.Time), cmp.Compare(x.Identity, y.Identity))
	})
	return out
}

// rowsByIdentity are the rows of timelines, by tenant and by what makes them the same in two exports.
func rowsByIdentity(r *report.Report) map[report.TenantOf]map[string]*report.Row {
	by := map[report.TenantOf]map[string]*report.Row{}
	for i := range r.Timeline {
		t := &r.Timeline[i]
		if by[t.Tenant] == nil {
			by[t.Tenant] = map[string]*report.Row{}
		}
		for k := range t.Rows {
			by[t.Tenant][t.Rows[k].Identity] = &t.Rows[k]
		}
	}
	return by
}

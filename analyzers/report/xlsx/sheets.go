package xlsx

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
)

// sheets lists the sheets in order.
func sheets(r *report.Report) []sheet {
	findings := r.ByID()
	return []sheet{
		summary(r), findingsOf(r), timeline(r, findings), addressSheet(r, findings), sessionSheet(r, findings), messages(r, findings), exposure(r), ruleSheet(r), searches(r, findings),
		caveatSheet(r), inputs(r),
	}
}

// tenantColumn is the last of sheets whose rows are about one tenant; empty where the case is one tenant's.
const tenantColumn = "Tenant"

func summary(r *report.Report) sheet {
	return sheet{"Summary", []column{{"Part", 14}, {"What", 34}, {"Said", 90}, {"Level", 14}, {"Number", 12}, {tenantColumn, 14}}, func(add func(...any) error) error {
		rows := [][]any{
			{"Case", "Name", r.Case.Name, "", nil, ""},
			{"Case", "Client", r.Case.Client, "", nil, ""},
			{"Case", "Analyst", r.Case.Analyst, "", nil, ""},
			{"Case", "TLP", r.Case.TLP, "", nil, ""},
			{"Case", "As of", r.AsOf, "", nil, ""},
			{"Case", "Tool", r.Tool.Name + " " + r.Tool.Version, "", nil, ""},
			{"Case", "Effective rules, SHA-256", r.EffectiveRulesSHA256, "", nil, ""},
		}
		if f := r.Filters; f != nil {
			rows = append(rows, []any{"Case", "Only reported", fmt.Sprintf("mailboxes %s; tenants %s; since %s; until %s; from level %s",
				orAll(f.Mailboxes), orAll(f.Tenants), or(f.Since.String(), "any"), or(f.Until.String(), "any"), or(string(f.MinLevel), "any")), "", nil, ""})
		}
		for i := range r.Answers {
			a := &r.Answers[i]
			rows = append(rows, []any{"Answer", a.Question, a.Answer + " (" + a.Sure + ")", "", nil, a.Tenant})
		}
		for i := range r.Story {
			for _, s := range r.Story[i].Sentences {
				rows = append(rows, []any{"Story", s.Time.String() + " " + r.Story[i].Intruder, s.Text, "", nil, r.Story[i].Tenant})
			}
		}
		for i := range r.Mailboxes {
			m := &r.Mailboxes[i]
			rows = append(rows, []any{"Verdict", m.Mailbox, report.Counted(m.Activities, "activity", "activities"), level(m.Band), m.Score, m.Tenant})
		}
		for _, c := range []struct {
			what string
			n    int
		}{
			{"Findings", len(r.Findings)},
			{"Intruders", len(r.Intruders) + r.IntrudersMore},
			{"Addresses", len(r.Addresses)},
			{"Sessions", len(r.Sessions)},
			{"Skipped rows", len(r.Skipped)},
			{"Inputs", len(r.Inputs)},
		} {
			rows = append(rows, []any{"Count", c.what, "", "", c.n, ""})
		}
		return addAll(add, rows)
	}}
}

func addAll(add func(...any) error, rows [][]any) error {
	for _, row := range rows {
		if err := add(row...); err != nil {
			return err
		}
	}
	return nil
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func orAll(list []string) string { return or(strings.Join(list, ", "), "all") }

func findingsOf(r *report.Report) sheet {
	columns := []column{
		{"Finding", 13},
		{"Number", 9},
		{"Level", 13},
		{"Points", 8},
		{"Confidence", 11},
		{"Title", 46},
		{"Mailbox", 30},
		{"Intruder", 9},
		{"First", 19},
		{"Last", 19},
		{"Activities", 10},
		{"Text", 80},
		{"Rule", 26},
		{"ATT&CK", 18},
		{"Facts", 60},
		{"Rows", 40},
		{"Next", 60},
		{"Exception", 20},
		{"Decision", 30},
		{"Fingerprint", 34},
		{tenantColumn, 14},
	}
	return sheet{"Findings", columns, func(add func(...any) error) error {
		for i := range r.Findings {
			f := &r.Findings[i]
			var facts, rows []string
			for _, fact := range f.Facts {
				facts = append(facts, fact.Name+"="+f.FactText(fact))
			}
			for _, e := range f.Evidence[:min(len(f.Evidence), listed)] {
				rows = append(rows, fmt.Sprintf("%s:%d", e.File, e.Line))
			}
			if more := f.Count - len(rows); more > 0 {
				rows = append(rows, "and "+report.Grouped(more)+" more")
			}
			exception, decision := "", ""
			if f.Suppressed != nil {
				exception = f.Suppressed.Exception + ": " + report.SaidBy(f.Suppressed.Reason, f.Suppressed.By)
			}
			if f.Decision != nil {
				decision = f.Decision.Verdict + ": " + report.SaidBy(f.Decision.Reason, string(f.Decision.By))
			}
			if err := add(f.Short, f.ID, level(f.Level), f.Points, f.Confidence, f.Title, f.Mailbox, f.Intruder, f.First, f.Last, f.Count, f.Text, f.Rule, f.Attack,
				facts, rows, f.Next, exception, decision, f.Fingerprint, f.Tenant); err != nil {
				return err
			}
		}
		return nil
	}}
}

// listed is how many rows, names or findings a cell names.
const listed = 20

func timeline(r *report.Report, findings map[string]*report.Finding) sheet {
	columns := []column{
		{"Time", 19},
		{"Mailbox", 30},
		{"Actor", 30},
		{"Who", 11},
		{"Intruder", 9},
		{"Level", 13},
		{"Operation", 24},
		{"Type", 18},
		{"Result", 9},
		{"ClientIP", 17},
		{"Country", 9},
		{"City", 16},
		{"ASN", 9},
		{"Org", 28},
		{"Class", 11},
		{"App", 18},
		{"UserAgent", 40},
		{"Session", 38},
		{"Subject", 40},
		{"Query", 30},
		{"Details", 60},
		{"Findings", 26},
		{"ItemID", 24},
		{"InternetMessageID", 40},
		{"File", 40},
		{"Line", 9},
		{tenantColumn, 14},
	}
	return sheet{"Timeline", columns, func(add func(...any) error) error {
		for i := range r.Timeline {
			t := &r.Timeline[i]
			for k := range t.Rows {
				row := &t.Rows[k]
				var names, details []string
				var by []*report.Finding
				for _, id := range row.Findings {
					if f := findings[id]; f != nil {
						by, names = append(by, f), append(names, f.Short)
					}
				}
				for _, d := range row.Details {
					details = append(details, d.Name+"="+report.ValueText(d.Value))
				}
				if row.More > 0 {
					details = append(details, fmt.Sprintf("and %s more values", report.Grouped(row.More)))
				}
				if err := add(row.Time, t.Mailbox, row.Actor, row.Who, row.Intruder, highest(by), row.Op, row.Type, row.Result, row.IP, row.Country, row.City, row.ASN, row.Org, row.Class,
					row.App, row.Agent, row.Session, row.Subject, row.Query, details, names, row.Item, row.MessageID, row.File, row.Line, t.Tenant); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

// shortNames are findings by the names that stay, the first of them.
func shortNames(ids []string, findings map[string]*report.Finding) []string {
	out := make([]string, 0, min(len(ids), listed+1))
	for i, id := range ids {
		if i == listed {
			return append(out, "and "+report.Grouped(len(ids)-listed)+" more")
		}
		if f := findings[id]; f != nil {
			out = append(out, f.Short)
		}
	}
	return out
}

func someListed(list []string) []string {
	if len(list) <= listed {
		return list
	}
	return append(append([]string{}, list[:listed]...), "and "+report.Grouped(len(list)-listed)+" more")
}

func addressSheet(r *report.Report, findings map[string]*report.Finding) sheet {
	type place struct {
		tenant report.TenantOf
		ip     string
	}
	his := map[place][]string{}
	for i := range r.Intruders {
		for _, a := range r.Intruders[i].Addresses {
			key := place{r.Intruders[i].Tenant, a.IP}
			his[key] = append(his[key], r.Intruders[i].Intruder)
		}
	}
	columns := []column{
		{"ClientIP", 17},
		{"Country", 9},
		{"City", 16},
		{"ASN", 9},
		{"Org", 34},
		{"Class", 11},
		{"ClassSource", 40},
		{"Level", 13},
		{"Score", 8},
		{"Intruders", 10},
		{"Activities", 10},
		{"First", 19},
		{"Last", 19},
		{"Mailboxes", 50},
		{"Findings", 40},
		{"DeclaredEgress", 14},
		{tenantColumn, 14},
	}
	return sheet{"Addresses", columns, func(add func(...any) error) error {
		for i := range r.Addresses {
			a := &r.Addresses[i]
			if err := add(a.IP, a.Country, a.City, a.ASN, a.Org, a.Class, a.ClassSource, level(a.Band), a.Score, his[place{a.Tenant, a.IP}], a.Activities, a.First, a.Last, someListed(a.Mailboxes),
				shortNames(a.Findings, findings), a.Egress, a.Tenant); err != nil {
				return err
			}
		}
		return nil
	}}
}

func sessionSheet(r *report.Report, findings map[string]*report.Finding) sheet {
	columns := []column{{"Session", 38}, {"Level", 13}, {"Score", 8}, {"Activities", 10}, {"First", 19}, {"Last", 19}, {"ClientIPs", 40}, {"Mailboxes", 50}, {"Findings", 40}, {tenantColumn, 14}}
	return sheet{"Sessions", columns, func(add func(...any) error) error {
		for i := range r.Sessions {
			s := &r.Sessions[i]
			if err := add(s.Session, level(s.Band), s.Score, s.Activities, s.First, s.Last, someListed(s.IPs), someListed(s.Mailboxes), shortNames(s.Findings, findings), s.Tenant); err != nil {
				return err
			}
		}
		return nil
	}}
}

func messages(r *report.Report, findings map[string]*report.Finding) sheet {
	columns := []column{{"Received", 19}, {"Sender", 30}, {"Subject", 50}, {"Level", 13}, {"Score", 8}, {"Mailboxes", 40}, {"Findings", 40}, {"InternetMessageID", 50}, {"ItemID", 30}, {tenantColumn, 14}}
	return sheet{"Messages", columns, func(add func(...any) error) error {
		for i := range r.Messages {
			m := &r.Messages[i]
			if err := add(m.Received, m.Sender, m.Subject, level(m.Band), m.Score, someListed(m.Mailboxes), shortNames(m.Findings, findings), m.MessageID, m.Item, m.Tenant); err != nil {
				return err
			}
		}
		return nil
	}}
}

package xlsx

import (
	"fmt"
	"slices"

	"triage/analyzers/report"
)

func exposure(r *report.Report) sheet {
	columns := []column{
		{"Intruder", 9},
		{"Mailbox", 30},
		{"Kind", 9},
		{"State", 11},
		{"Acts", 30},
		{"Subject", 50},
		{"Sender", 30},
		{"Recipients", 40},
		{"Received", 19},
		{"Size", 10},
		{"Folder", 20},
		{"Attachments", 30},
		{"FirstTouched", 19},
		{"LastTouched", 19},
		{"Touches", 9},
		{"SeenFromContestedPlace", 12},
		{"PresumedBy", 40},
		{"InternetMessageID", 50},
		{"ItemID", 30},
		{"Address", 40},
		{"IdentifiedBy", 13},
		{"Rows", 40},
		{tenantColumn, 14},
	}
	return sheet{"Exposure", columns, func(add func(...any) error) error {
		for i := range r.Exposure {
			of := &r.Exposure[i]
			for k := range of.Items {
				x := &of.Items[k]
				if err := add(of.Intruder, of.Mailbox, x.Kind, x.State, x.Acts, x.Subject, x.Sender, more(x.Recipients, x.RecipientsMore), x.Received, x.Size, x.Folder, x.Attachments,
					x.First, x.Last, x.Touches, x.Contested, x.TakenBy, x.MessageID, x.Item, x.Address, x.IdentifiedBy, cites(x.Evidence, x.EvidenceMore), of.Tenant); err != nil {
					return err
				}
			}
			if of.ItemsMore > 0 {
				row := make([]any, len(columns))
				row[0], row[1], row[5] = of.Intruder, of.Mailbox, fmt.Sprintf("… and %s more, not in this report: analyze --format exposure writes them", report.Grouped(of.ItemsMore))
				for k := range row {
					if row[k] == nil {
						row[k] = ""
					}
				}
				if err := add(row...); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func more(list []string, n int) []string {
	if n == 0 {
		return list
	}
	return append(append([]string{}, list...), "and "+report.Grouped(n)+" more")
}

// cites is where rows stand.
func cites(rows []report.Citation, n int) []string {
	list := make([]string, len(rows))
	for i, c := range rows {
		list[i] = fmt.Sprintf("%s:%d", c.File, c.Line)
	}
	return more(list, n)
}

// ruleSheet is what sends mail on, hides it, or lets others in: what intruders made, then the other such rows that findings cite.
func ruleSheet(r *report.Report) sheet {
	columns := []column{{"Time", 19}, {"Mailbox", 30}, {"Who", 11}, {"Intruder", 9}, {"Type", 18}, {"Operation", 24}, {"What", 40}, {"Target", 40}, {"Values", 60}, {"File", 40}, {"Line", 9}, {tenantColumn, 14}}
	return sheet{"Rules", columns, func(add func(...any) error) error {
		told := map[string]bool{}
		for i := range r.Exposure {
			of := &r.Exposure[i]
			for k := range of.Changes {
				c := &of.Changes[k]
				told[c.Evidence.Identity] = true
				if err := add(c.Evidence.Time, of.Mailbox, "attacker", of.Intruder, c.Type, c.Op, c.What, c.Target, c.Values, c.Evidence.File, c.Evidence.Line, of.Tenant); err != nil {
					return err
				}
			}
		}
		kinds := []string{"rule_change", "forwarding_change", "permission_change", "consent"}
		for i := range r.Timeline {
			t := &r.Timeline[i]
			for k := range t.Rows {
				row := &t.Rows[k]
				if !slices.Contains(kinds, row.Type) || told[row.Identity] {
					continue
				}
				var values []string
				what, target := "", ""
				for _, d := range row.Details {
					switch d.Name {
					case "object":
						what = report.ValueText(d.Value)
					case "target":
						target = report.ValueText(d.Value)
					default:
						values = append(values, d.Name+"="+report.ValueText(d.Value))
					}
				}
				if err := add(row.Time, t.Mailbox, row.Who, row.Intruder, row.Type, row.Op, what, target, values, row.File, row.Line, t.Tenant); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func searches(r *report.Report, findings map[string]*report.Finding) sheet {
	columns := []column{{"Time", 19}, {"Mailbox", 30}, {"Query", 60}, {"Terms", 30}, {"LoggedAs", 9}, {"Finding", 14}, {"Intruder", 9}, {tenantColumn, 14}}
	return sheet{"Searches", columns, func(add func(...any) error) error {
		for i := range r.Searches {
			s := &r.Searches[i]
			name, intruder := "", report.Text("")
			if f := findings[string(s.Finding)]; f != nil {
				name, intruder = f.Short, f.Intruder
			}
			if err := add(s.Time, s.Mailbox, s.Query, s.Terms, s.Rows, name, intruder, s.Tenant); err != nil {
				return err
			}
		}
		return nil
	}}
}

func caveatSheet(r *report.Report) sheet {
	columns := []column{{"Kind", 16}, {"Code", 28}, {"Mailbox", 30}, {"First", 19}, {"Last", 19}, {"Text", 100}, {"AskFor", 60}, {"Rows", 40}, {tenantColumn, 14}}
	return sheet{"Caveats", columns, func(add func(...any) error) error {
		var rows [][]any
		for i := range r.Ledger {
			l := &r.Ledger[i]
			rows = append(rows, []any{l.Severity, l.Code, l.Mailbox, l.First, l.Last, l.Text, l.Ask, string(l.File), l.Tenant})
		}
		for i := range r.Caveats {
			c := &r.Caveats[i]
			boxes := someListed(c.Mailboxes)
			if c.Mailbox != "" {
				boxes = []string{string(c.Mailbox)}
			}
			var at []string
			for _, e := range c.Evidence[:min(len(c.Evidence), listed)] {
				at = append(at, fmt.Sprintf("%s:%d", e.File, e.Line))
			}
			rows = append(rows, []any{"caveat", c.Code, boxes, report.Time(0), report.Time(0), c.Text, "", more(at, len(c.Evidence)-len(at)+c.More), c.Tenant})
		}
		for i := range r.NotEvaluated {
			n := &r.NotEvaluated[i]
			rows = append(rows, []any{"rule not judged", n.Rule, n.Mailbox, report.Time(0), report.Time(0), n.Reason, "", "", n.Tenant})
		}
		for i := range r.Skipped {
			s := &r.Skipped[i]
			rows = append(rows, []any{"skipped row", "", "", report.Time(0), report.Time(0), s.Reason, "", fmt.Sprintf("%s:%d", s.File, s.Line), ""})
		}
		return addAll(add, rows)
	}}
}

func inputs(r *report.Report) sheet {
	columns := []column{
		{"Kind", 12}, {"Path", 50}, {"SHA256", 66}, {"Format", 22}, {"Mailbox", 30}, {"Rows", 10}, {"Activities", 10}, {"Duplicates", 10}, {"Skipped", 10}, {"First", 19}, {"Last", 19}, {"Notes", 80},
	}
	return sheet{"Inputs", columns, func(add func(...any) error) error {
		var rows [][]any
		for i := range r.Inputs {
			in := &r.Inputs[i]
			rows = append(rows, []any{"input", in.Path, in.SHA256, in.Format, in.Mailbox, in.Rows, in.Activities, in.Duplicates, in.Skipped, in.First, in.Last, append([]string{in.Why}, in.Notes...)})
		}
		other := func(kind, path, sum, format, notes string) {
			rows = append(rows, []any{kind, path, sum, format, "", report.Number(0), report.Number(0), report.Number(0), report.Number(0), report.Time(0), report.Time(0), notes})
		}
		for _, p := range r.Packs {
			other("rule pack", p.ID, p.SHA256, p.Version, "")
		}
		for _, g := range r.Geo {
			other("database", g.Database, string(g.SHA256), g.Built, or(string(g.Attribution), g.Source))
		}
		return addAll(add, rows)
	}}
}

package geography

import (
	"fmt"

	"triage/analyzers/detect"
	"triage/geo"
)

// countries finds countries that are new to a mailbox or rare in it, by days, looking both ways in time.
type countries struct {
	rule     *detect.Rule
	settings Settings
}

// unlocated stands for addresses that no database knows: a value like a country, but no country.
const unlocated = "unknown"

// Mailbox gives one finding per country, in order of first activity.
func (d *countries) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var days detect.Days
	var order []string
	said := declarations(p.Case.Text(t.Mailbox), p)
	rows := map[string][]int{}
	for row, judged := range detect.Person(d.rule, t, p) {
		at, ok := position(t.At(row), p)
		// A privacy relay stands near its user, not at him, and moves of its own.
		if !ok || at.Place.Class == geo.Relay {
			continue
		}
		country := at.Place.Country
		if country == "" {
			country = unlocated
		}
		days.Add(country, t.At(row).Time)
		if !judged || said.expects(country, t.At(row).Time) {
			continue
		}
		if rows[country] == nil {
			order = append(order, country)
		}
		rows[country] = append(rows[country], row)
	}
	if len(order) == 0 {
		return nil
	}
	if days.Active() <= d.settings.Baseline.MinDays {
		d.unable(t, p, days.Active())
		return nil
	}
	var findings []detect.Finding
	for _, country := range order {
		verdict := d.settings.Baseline.Judge(&days, country)
		if verdict != detect.Novel && verdict != detect.Rare {
			continue
		}
		if country == unlocated && d.settings.Unknown != "report" {
			continue
		}
		findings = append(findings, d.finding(t, p, rows[country], country, verdict, &days))
	}
	return findings
}

func (d *countries) unable(t detect.Timeline, p *detect.Tenant, days int) {
	if p.Unable == nil {
		return
	}
	p.Unable(detect.NotEvaluated{
		Rule: d.rule.ID, Mailbox: t.Mailbox,
		Reason: fmt.Sprintf("insufficient baseline: %d active days with a position, needs more than %d", days, d.settings.Baseline.MinDays),
	})
}

func (d *countries) finding(t detect.Timeline, p *detect.Tenant, rows []int, country string, v detect.Verdict, days *detect.Days) detect.Finding {
	f := detect.New(d.rule, t, rows, country)
	f.Set("country", country)
	note(&f, t, p, rows)
	f.Set("days", days.On(country))
	f.Set("active_days", days.Active())
	if v == detect.Novel {
		f.Set("why", fmt.Sprintf("first seen after %d active days", days.Before(country)))
	} else {
		f.Set("why", fmt.Sprintf("on %d of %d active days", days.On(country), days.Active()))
	}
	if usual := d.usual(days); len(usual) > 0 {
		f.Set("usual", usual)
	}
	weigh(&f, t, p, rows)
	doubt(&f, t, p, rows, d.settings.Ambiguous)
	f.Raise()
	if country == unlocated {
		f.Level = detect.Informational // an address without a place is no foreign one
	}
	return f
}

// usual lists the countries that the mailbox is known by, those of most days first.
func (d *countries) usual(days *detect.Days) []string {
	const enough = 5
	var usual []string
	for _, country := range days.Values() {
		if len(usual) < enough && d.settings.Baseline.Judge(days, country) == detect.Usual {
			usual = append(usual, fmt.Sprintf("%s (%d days)", country, days.On(country)))
		}
	}
	return usual
}

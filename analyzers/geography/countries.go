package geography

import (
	"fmt"
	"slices"

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

// onJourney stands for the days of journeys that the pack declares, where there are few others.
const onJourney = "declared journey"

// Mailbox gives one finding per country, in order of first activity.
func (d *countries) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	seen := d.see(t, p)
	seen.said.explained(d.rule, t, p, seen.away)
	if len(seen.order) == 0 {
		return nil
	}
	days := &seen.days
	if days.Active() <= d.settings.Baseline.MinDays {
		for _, at := range seen.journeys {
			days.Add(onJourney, at)
		}
	}
	if days.Active() <= d.settings.Baseline.MinDays {
		d.unable(t, p, days.Active())
		return nil
	}
	var findings []detect.Finding
	for _, country := range seen.order {
		verdict := d.settings.Baseline.Judge(days, country)
		if verdict != detect.Novel && verdict != detect.Rare {
			continue
		}
		if country == unlocated && d.settings.Unknown != "report" {
			continue
		}
		findings = append(findings, d.finding(t, p, seen.rows[country], country, verdict, days))
	}
	return findings
}

// sights is where one mailbox's person was.
type sights struct {
	said     declared
	days     detect.Days
	order    []string         // of countries to judge, by first activity
	rows     map[string][]int // of these
	journeys []int64          // times on journeys that the pack declares: they make nothing usual, and nothing new
	away     []int            // activities on each of them
}

func (d *countries) see(t detect.Timeline, p *detect.Tenant) *sights {
	s := &sights{said: declarations(p.Case.Text(t.Mailbox), p), rows: map[string][]int{}}
	s.away = make([]int, len(s.said.travel))
	for row, judged := range detect.Person(d.rule, t, p) {
		at, ok := position(t.At(row), p)
		// A privacy relay stands near its user, not at him, and moves of its own. A declared way out stands anywhere.
		if !ok || at.Place.Class == geo.Relay || p.Declared.IsEgress(at.Addr.IP) {
			continue
		}
		country := at.Place.Country
		if country == "" {
			country = unlocated
		}
		when := t.At(row).Time
		if journey := s.said.journey(country, when); journey >= 0 {
			s.journeys = append(s.journeys, when)
			if judged {
				s.away[journey]++
			}
			continue
		}
		s.days.Add(country, when)
		if !judged || slices.Contains(s.said.home, country) {
			continue
		}
		if s.rows[country] == nil {
			s.order = append(s.order, country)
		}
		s.rows[country] = append(s.rows[country], row)
	}
	return s
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
	if own := d.vouched(t, p, rows, country); own != "" {
		f.Set("own_device", own)
		f.Confidence, f.Level = max(0, f.Confidence-deviceDoubt), min(f.Level, detect.Low)
	}
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
		if len(usual) < enough && country != onJourney && d.settings.Baseline.Judge(days, country) == detect.Usual {
			usual = append(usual, fmt.Sprintf("%s (%d days)", country, days.On(country)))
		}
	}
	return usual
}

package geography

import "triage/rules/detect"

// outside finds countries that are not the owner's home, where the pack declares one: no days need to show what is usual.
type outside struct{ countries }

// Mailbox gives one finding per country outside home, in order of first activity.
func (d *outside) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	if len(p.Declared.HomesOf(p.Case.Text(t.Mailbox))) == 0 {
		return nil
	}
	seen := d.see(t, p)
	seen.said.explained(d.rule, t, p, seen.away)
	var findings []detect.Finding
	for _, c := range seen.order {
		if c.name == unlocated {
			continue
		}
		rows := seen.rows(&d.countries, t, p, c)
		unsure := doubtOf(t, p, rows...)
		says := []detect.Statement{
			detect.Say("country", c.name), detect.Say("home", seen.said.home), detect.Fields(stated()...), detect.MessageFields(),
			detect.Say("days", seen.days.On(c.name)), detect.Say("active_days", seen.days.Active()),
		}
		f := detect.New(d.rule, t, p, rows, []string{c.name}, append(says, unsure.says()...)...)
		weigh(&f, t, p, rows)
		unsure.limit(&f, d.settings.Ambiguous)
		d.explain(&f, t, p, rows, c.name, &seen.days)
		findings = append(findings, f)
	}
	return findings
}

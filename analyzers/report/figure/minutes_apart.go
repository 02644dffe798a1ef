package figure

import (
	"strings"
	"time"

	"triage/analyzers/report"
)

// journey is a way between two places that nobody can have travelled in that time: a finding of the rule about it that is high
// still and that nobody took back.
type journey struct {
	finding       *report.Finding
	from, to      string // "NL (203.0.113.4, AS64500 …)"
	left, arrived report.Time
	km, gap       string
}

// journeys are the proven ones, the first of each pair of places in a mailbox.
func journeys(r *report.Report) (list []journey) {
	for i := range r.Findings {
		f := &r.Findings[i]
		decided := f.Decision != nil && f.Decision.Verdict == report.Benign
		if f.Rule != "geo.impossible-travel" || f.Level != "high" && f.Level != "critical" || f.Suppressed != nil || decided {
			continue
		}
		j := journey{finding: f, from: fact(f, "from"), to: fact(f, "to"), gap: fact(f, "gap"), km: fact(f, "km")}
		j.left, j.arrived = factTime(f, "left"), factTime(f, "arrived")
		list = append(list, j)
	}
	return list
}

// words are how long and how far: "7 min 59 s · 4,100 km".
func (j *journey) words() string {
	var out []string
	if gap, err := time.ParseDuration(j.gap); err == nil && gap > 0 {
		out = append(out, lasted(gap.Milliseconds()))
	}
	if j.km != "" {
		out = append(out, grouped(j.km)+" km")
	}
	return strings.Join(out, " · ")
}

// bracketed is a journey between two marks.
type bracketed struct {
	a, b  float64
	words string
}

// apart are the journeys between marks of this picture.
func (d *inset) apart() (list []bracketed) {
	const second = 1000
	for _, j := range journeys(d.r) {
		if j.finding.Mailbox != d.x.Account || j.finding.Tenant != d.x.Tenant || j.left == 0 || j.arrived == 0 || len(list) > 0 {
			continue
		}
		left, arrived := false, false
		for i := range d.marks {
			for _, t := range []report.Time{d.marks[i].First, d.marks[i].Last} {
				left = left || t/second == j.left/second
				arrived = arrived || t/second == j.arrived/second
			}
		}
		if words := j.words(); left && arrived && words != "" {
			list = append(list, bracketed{d.at(j.left), d.at(j.arrived), words + " apart"})
		}
	}
	return list
}

// bracket draws the time between two acts.
func (d *inset) bracket(one *bracketed, y float64) {
	d.canvas.line("fig-axis", one.a, y-4, one.a, y+4)
	d.canvas.line("fig-axis", one.b, y-4, one.b, y+4)
	d.canvas.line("fig-axis", one.a, y, one.b, y)
	w := wide(one.words, 12)
	if x := one.a + 2; x+w <= insetRight {
		d.canvas.text(x, y+16, "fig-small", "start", one.words)
	} else {
		d.canvas.text(one.b, y+16, "fig-small", "end", one.words)
	}
}

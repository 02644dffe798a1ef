package terms

import (
	"slices"
	"strings"
	"time"

	"triage/rules/detect"
)

// Together makes a rule about those who look for several things in a short time; people look for one.
type Together struct {
	Terms  int           `yaml:"terms" doc:"different terms that make one finding of all searches; 0: each text is one"`
	Within time.Duration `yaml:"within" doc:"length of time in which they are searched for"`
}

// hunts gives one finding for each run of searches in which so many terms come together. hits come by time.
func (d *detector) hunts(t detect.Timeline, p *detect.Tenant, hits []found, days map[string]map[string]bool) []detect.Finding {
	var findings []detect.Finding
	within := d.settings.Together.Within.Milliseconds()
	window := map[string]int{} // how many searches of it have each term
	from, start, end := 0, -1, -1
	told := func() {
		if start >= 0 {
			findings = append(findings, d.finding(t, p, hits[start:end], []string{detect.TimeText(hits[start].First)}, days))
		}
	}
	hits = slices.DeleteFunc(hits, func(h found) bool { return d.routine(h, days) }) // whoever pays bills hunts for nothing
	for i := range hits {
		window[hits[i].stem()]++
		for ; hits[i].First-hits[from].First > within; from++ {
			leave(window, hits[from].stem())
		}
		if distinct(window) < d.settings.Together.Terms {
			continue
		}
		if start < 0 || from >= end { // another one
			told()
			start = from
		}
		end = i + 1
	}
	told()
	return findings
}

func leave(window map[string]int, term string) {
	if window[term]--; window[term] == 0 {
		delete(window, term)
	}
}

// stem is the term of a search by which it is told from others: of "wire" and "wire transfer", the first.
func (h *found) stem() string { return strings.TrimSuffix(slices.Min(h.terms), "*") }

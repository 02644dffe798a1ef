package geography

import (
	"slices"
	"strings"
	"time"

	"triage/analyzers/detect"
	"triage/geo"
)

// declared is what the pack says of where a user belongs: it always wins over what the days show, which an intruder's
// days may have poisoned.
type declared struct {
	home   []string // countries
	travel []geo.Window
}

// declarations reads the pack's lists home ("NL" for everybody, "ann@contoso.com NL" for one) and travel
// ("ann@contoso.com SG 2026-03-02 2026-03-09", both days included, UTC). What is neither is left out.
func declarations(name string, p *detect.Tenant) declared {
	var d declared
	var all []string
	for _, text := range p.Lists["home"] {
		switch words := strings.Fields(text); {
		case len(words) == 1:
			all = append(all, strings.ToUpper(words[0]))
		case len(words) == 2 && strings.EqualFold(words[0], name):
			d.home = append(d.home, strings.ToUpper(words[1]))
		}
	}
	if len(d.home) == 0 {
		d.home = all
	}
	for _, text := range p.Lists["travel"] {
		words := strings.Fields(text)
		if len(words) != 4 || !strings.EqualFold(words[0], name) {
			continue
		}
		from, err := time.Parse(time.DateOnly, words[2])
		to, err2 := time.Parse(time.DateOnly, words[3])
		if err == nil && err2 == nil {
			to = to.AddDate(0, 0, 1)
			d.travel = append(d.travel, geo.Window{Country: strings.ToUpper(words[1]), From: from.UnixMilli(), To: to.UnixMilli()})
		}
	}
	return d
}

// expects says whether the user belongs in the country at that time.
func (d *declared) expects(country string, ms int64) bool {
	if slices.Contains(d.home, country) {
		return true
	}
	return slices.ContainsFunc(d.travel, func(w geo.Window) bool { return w.Country == country && w.From <= ms && ms < w.To })
}

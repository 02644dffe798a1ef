package analyzers

import (
	"fmt"

	"triage/analyzers/verdict"
)

// indicatorCaveats names the indicators that tell nobody apart here: they weigh little, and make nobody an intruder.
func (w *caveats) indicatorCaveats() {
	const most = 20
	rows, told := map[string]*verdict.Sample{}, []string{}
	for i := range w.result.Findings {
		f := &w.result.Findings[i]
		common := f.Fact("common")
		if f.Rule.Family != "indicator" || common == nil || len(f.Group) == 0 {
			continue
		}
		text := fmt.Sprintf("indicator %s of rule %s says little here, and makes nobody an intruder: %v", f.Group[0], f.Rule.ID, common)
		if rows[text] == nil {
			rows[text] = &verdict.Sample{}
			told = append(told, text)
		}
		for _, row := range f.Evidence {
			rows[text].Add(row)
		}
	}
	for i, text := range told {
		if i == most {
			w.add("indicator-common", 0, fmt.Sprintf("%d more indicators say little here", len(told)-most))
			return
		}
		w.cited("indicator-common", 0, text, *rows[text])
	}
}

package analyzers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bounds of what is said of Sigma rules that are not loaded; rules lint names all of them.
const (
	sigmaReasons = 20 // reasons
	sigmaNames   = 10 // rules that one reason names
)

// sigma says how many Sigma rules judged, and which did not, by reason.
func (w *caveats) sigma() {
	t := w.set.Sigma
	if !t.Named {
		return
	}
	w.add("sigma-rules", 0, fmt.Sprintf("Sigma rules: loaded %d, skipped %d", t.Loaded, len(t.Skipped)))
	names := map[string][]string{}
	for _, s := range t.Skipped {
		names[s.Reason] = append(names[s.Reason], s.Title)
	}
	reasons := slices.Sorted(maps.Keys(names))
	slices.SortStableFunc(reasons, func(a, b string) int { return len(names[b]) - len(names[a]) })
	for _, reason := range reasons[:min(len(reasons), sigmaReasons)] {
		list := names[reason]
		more := ""
		if len(list) > sigmaNames {
			more = fmt.Sprintf(" and %d more", len(list)-sigmaNames)
			list = list[:sigmaNames]
		}
		w.add("sigma-skipped", 0, fmt.Sprintf("Sigma rules not loaded, for %s: %s%s", reason, strings.Join(list, "; "), more))
	}
	if more := len(reasons) - sigmaReasons; more > 0 {
		w.add("sigma-skipped", 0, fmt.Sprintf("Sigma rules not loaded, for %d reasons more: triage rules lint --sigma names all of them", more))
	}
}

package detect

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean is `, did you mean "query"?` for the known word nearest to a mistyped one, "" if none is near.
func DidYouMean(word string, known []string) string {
	if best := Nearest(word, known); best != "" {
		return fmt.Sprintf(", did you mean %q?", best)
	}
	return ""
}

// Nearest is the known word with the fewest edits (insert, delete, replace, swap) from a mistyped one, the first of
// equals; "" if none is within half of the longer word's letters.
func Nearest(word string, known []string) string {
	const longest, most = 64, 2000 // a hostile pack must not buy quadratic work
	if len(word) > longest || len(known) > most {
		return ""
	}
	if name := synonym(strings.ToLower(word)); slices.Contains(known, name) {
		return name
	}
	const far = 5
	best, fewest := "", far
	for _, name := range known {
		if len(name) > longest {
			continue
		}
		if n := Slips(strings.ToLower(word), strings.ToLower(name), far); n < fewest && 2*n <= max(len(word), len(name)) {
			best, fewest = name, n
		}
	}
	return best
}

// synonym is our word for what other tools and the logs themselves call it; "" if it is none.
func synonym(word string) string {
	switch word {
	case "user", "username", "userid", "usr":
		return "actor"
	case "operation", "activity", "event", "activityidtype":
		return "op"
	case "clientip", "ipaddress", "address", "src_ip":
		return "ip"
	case "useragent", "user_agent", "browser":
		return "agent"
	case "client", "appidtype":
		return "app"
	case "severity":
		return "level"
	case "rawquery", "terms", "search":
		return "query"
	case "condition", "conditions", "detection", "selection":
		return "where"
	case "regex", "regexp":
		return "re"
	case "is", "eq", "equals":
		return "in"
	}
	return ""
}

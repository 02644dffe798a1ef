package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writeActs writes the lines of an entry, and beside them the logon of each that does something without one of his own, from the line
// where he is.
func writeActs(lines []entryLine, from string) (before, rows *exportFiles, err error) {
	before, rows = newLogs(), newLogs()
	before.prefix, rows.prefix = "be", "c0"
	when, logged := momentOf(theDay), map[string]bool{}
	for _, l := range lines {
		if l.verb() == "" {
			return nil, nil, fmt.Errorf("%v: no verb of %v", l, verbs())
		}
		if at := l.text("at"); at != "" {
			when = momentOf(at)
		}
		every := time.Minute
		if e := l.text("every"); e != "" {
			if every, err = time.ParseDuration(e); err != nil {
				return nil, nil, err
			}
		}
		whom := []string{l.text("who")}
		if whom[0] == "" {
			whom[0] = "ann"
		}
		if n := wholeNumber(l["users"]); n > 0 {
			whom = tenantNames()[:n]
		}
		for n := range max(1, wholeNumber(l["times"])) {
			for _, who := range whom {
				p, place := personOf(who), from
				if f := l.text("from"); f != "" {
					place = f
				}
				one := entryLine(fillIn(l, who, n).(map[string]any))
				place = strings.NewReplacer("{n}", strconv.Itoa(n%250+1)).Replace(place)
				if key := who + place; !logged[key] && !slices.Contains([]string{"logon", "quiet", "principal", "login", "trace", "header", "graph", "risk", "risky"}, l.verb()) && strings.Contains(p.address, "@contoso.com") {
					logged[key] = true
					before.write(p, p.at(place), when.Add(-5*time.Minute), entryLine{"logon": 0, "appDisplayName": "One Outlook Web", "appId": "9199bf20-a13f-4107-85dc-02114787ef48"})
				}
				rows.write(p, p.at(place), when, one)
				when = when.Add(every)
			}
		}
	}
	return before, rows, nil
}

// momentOf is a day of the month and a time of it.
func momentOf(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", "2026-03-"+s)
	if err != nil {
		panic("at: " + s)
	}
	return at
}

// fillIn is a value with {n}, the number of the repetition, and {who} filled in.
func fillIn(v any, who string, n int) any {
	switch v := v.(type) {
	case string:
		return strings.NewReplacer("{n}", strconv.Itoa(n+1), "{who}", personOf(who).address, "{name}", who, "{id}", personOf(who).object).Replace(v)
	case entryLine:
		return fillIn(map[string]any(v), who, n) // as maps of maps are decoded
	case map[string]any:
		out := maps.Clone(v)
		for k := range out {
			out[k] = fillIn(out[k], who, n)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = fillIn(out[i], who, n)
		}
		return out
	default:
		return v
	}
}

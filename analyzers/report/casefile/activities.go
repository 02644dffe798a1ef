package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// actRow is one cited activity: what every label of a row leads to.
type actRow struct {
	At, Label string
	Time      string
	Who       who
	Mailbox   string
	What      string
	Detail    string
	From      string
	Net       string
}

// who is whose an act is, in the file's colours: Class is int, own, und or "".
type who struct{ Class, Name string }

func whoOf(label, intruder report.Text) who {
	switch label {
	case "attacker":
		if intruder == "" {
			return who{"int", "Intruder"}
		}
		return who{"int", "Intruder " + cell(intruder)}
	case "owner":
		return who{"own", "Owner"}
	case "undecided":
		return who{"und", "Undecided"}
	case "service":
		return who{"", "Service"}
	}
	return who{"", "–"}
}

// actPage makes the table of cited activities.
type actPage struct{ *book }

// gather chooses the activities that get a row: intruders' first, then undecided ones, then the others that findings cite.
func (b actPage) gather() {
	type one struct {
		row     *report.Row
		mailbox string
		rank    int
		at      string
	}
	var all []one
	seen := map[string]bool{}
	ranks := map[report.Text]int{"attacker": 0, "undecided": 1, "owner": 2}
	for i := range b.r.Timeline {
		line := &b.r.Timeline[i]
		for k := range line.Rows {
			row := &line.Rows[k]
			at := fmt.Sprintf("%s-%d", b.exhibit(row.File), row.Line)
			if seen[at] {
				continue
			}
			seen[at] = true
			rank, ok := ranks[row.Who]
			if !ok {
				rank = 3
			}
			all = append(all, one{row, line.Mailbox, rank, at})
		}
	}
	slices.SortStableFunc(all, func(x, y one) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.row.Time, y.row.Time), cmp.Compare(x.at, y.at))
	})
	shown := all[:min(len(all), mostActs)]
	b.actsMore = len(all) - len(shown)
	slices.SortStableFunc(shown, func(x, y one) int { return cmp.Compare(x.row.Time, y.row.Time) })
	for _, x := range shown {
		b.anchors[x.at] = true
		b.acts = append(b.acts, b.actOf(x.row, x.mailbox, x.at))
	}
}

func (b actPage) actOf(row *report.Row, mailbox, at string) actRow {
	out := actRow{
		At: at, Label: strings.Replace(at, "-", ":", 1), Time: b.when(row.Time), Who: whoOf(row.Who, row.Intruder), Mailbox: cell(mailbox),
		What: cell(or(string(row.Op), row.Type)), From: cell(row.IP), Net: networkWords(row.Country, row.Org, row.Class),
	}
	if row.Result == "failure" {
		out.What += " (failed)"
	}
	switch {
	case row.Query != "":
		out.Detail = "searched " + quoted(row.Query)
	case row.Subject != "":
		out.Detail = quoted(row.Subject)
	case row.Agent != "":
		out.Detail = program(string(row.Agent))
	}
	return out
}

// networkWords is where an address is: "NG, Airtel Networks Limited, mobile network".
func networkWords(country, org, class report.Text) string {
	var parts []string
	for _, s := range []string{cell(country), cell(org), classOf(string(class))} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// classOf is a class of networks in the field's words.
func classOf(class string) string {
	switch class {
	case "eyeball", "isp":
		return "residential or business network"
	case "mobile":
		return "mobile network"
	case "ms_service":
		return "Microsoft's service"
	}
	return cell(strings.ReplaceAll(class, "_", " "))
}

// program is an agent in short words where it is one that everybody knows: "Firefox 52, Windows 7".
func program(agent string) string {
	name, found := "", false
	for _, p := range []struct{ sign, name string }{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"}} {
		_, rest, ok := strings.Cut(agent, p.sign)
		if !ok {
			continue
		}
		number := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, rest[:min(len(rest), strings.IndexFunc(rest+".", func(r rune) bool { return r < '0' || r > '9' }))])
		name, found = p.name+" "+number, true
		break
	}
	if !found {
		return cell(agent)
	}
	for _, s := range []struct{ sign, name string }{
		{"Windows NT 6.1", "Windows 7"}, {"Windows NT 10.0", "Windows"}, {"Windows", "Windows"}, {"iPhone", "iPhone"}, {"Android", "Android"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, s.sign) {
			return strings.TrimSpace(name) + ", " + s.name
		}
	}
	return strings.TrimSpace(name)
}

package count

import (
	"net/netip"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Usual says which episodes are none: those whose every act that matches Where came from a line that the mailbox's owner
// knows, and was about what is his own. Acts that do not match count as ever.
type Usual struct {
	Where   *detect.Where `yaml:",inline" doc:"conditions: acts that may be usual"`
	MinDays int           `yaml:"min_days" doc:"days on which the owner had used the line (/24, /48) before; 0: nothing is usual"`
	Own     string        `yaml:"own" doc:"field (object) whose text must lie in the owner's personal drive"`
}

// familiar is how strange a context may be, in tenths, that is the owner's usual one.
const familiar = 5

// mailboxes counts within one mailbox.
type mailboxes struct {
	counter
	usual Usual
}

// Mailbox gives one finding per episode, in order of the first activity.
func (d *mailboxes) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var findings []detect.Finding
	rows := t.Matched
	if d.usual.MinDays > 0 && len(rows) >= d.least {
		rows = d.unusual(t, p)
	}
	for _, e := range d.episodes(rows, t.At, p) {
		start := detect.TimeText(t.At(e.rows[0]).Time)
		findings = append(findings, d.finding(t, p, e.rows, e, append(slices.Clone(e.group), start)))
	}
	return findings
}

// unusual are the rule's rows without those that the owner's own computer does at a line that he knows.
func (d *mailboxes) unusual(t detect.Timeline, p *detect.Tenant) []int {
	own, _ := detect.ParseValue(d.usual.Own)
	name := p.Case.Text(t.Mailbox)
	local, _, _ := strings.Cut(name, "@")
	names := []string{drive(name), drive(local)}
	var rows []int
	var first map[netip.Prefix][]int64 // the first days of each line, until it is known
	for _, row := range t.Matched {
		a := t.At(row)
		if !d.usual.Where.Holds(a, p) || d.usual.Own != "" && !mine(own.Text(a, p), names) {
			rows = append(rows, row)
			continue
		}
		if p.Context != nil {
			if tenths, ok := p.Context.Strangeness(t.Rows[row].Index()); ok {
				if tenths > familiar {
					rows = append(rows, row)
				}
				continue
			}
		}
		if first == nil {
			first = d.firstDays(t, p)
		}
		days := first[lineOfAct(a, p)]
		if len(days) < d.usual.MinDays || days[d.usual.MinDays-1] >= activity.Day(a.Time) {
			rows = append(rows, row)
		}
	}
	return rows
}

// firstDays are the first days on which the owner did anything from each line, as many as make it known.
func (d *mailboxes) firstDays(t detect.Timeline, p *detect.Tenant) map[netip.Prefix][]int64 {
	first := map[netip.Prefix][]int64{}
	lines := map[activity.Symbol]netip.Prefix{}
	for row := range t.Rows {
		a := t.At(row)
		if a.IP == 0 || a.Actor != t.Mailbox || a.Lane != activity.Person || a.Result == activity.Failure {
			continue
		}
		at, known := lines[a.IP]
		if !known {
			at = lineOfAct(a, p)
			lines[a.IP] = at
		}
		days := first[at]
		if day := activity.Day(a.Time); at.IsValid() && len(days) < d.usual.MinDays && (len(days) == 0 || days[len(days)-1] < day) {
			first[at] = append(days, day)
		}
	}
	return first
}

// lineOfAct is the /24 or /48 of an act's address; invalid where it has none.
func lineOfAct(a *activity.Activity, p *detect.Tenant) netip.Prefix {
	addr, err := netip.ParseAddr(detect.ValueOf(activity.FieldIP).Text(a, p))
	if err != nil {
		return netip.Prefix{}
	}
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	return netip.PrefixFrom(addr, bits).Masked()
}

// drive is a mailbox's name as addresses of personal drives have it: ann_contoso_com.
func drive(mailbox string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '@' || r == '-' || r == '\'' {
			return '_'
		}
		return r
	}, strings.ToLower(mailbox))
}

// mine says that an address is of the personal drive of one of the names.
func mine(text string, names []string) bool {
	_, rest, ok := strings.Cut(strings.ToLower(text), "/personal/")
	if !ok {
		return false
	}
	of, _, _ := strings.Cut(rest, "/")
	of = drive(of)
	return of != "" && slices.Contains(names, of)
}

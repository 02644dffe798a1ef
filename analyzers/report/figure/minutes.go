package figure

import (
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// How the minutes are drawn.
const (
	pauseMS  = 30 * 60_000 // that is cut out and named
	rowHigh  = 17.0
	rowMost  = 3 // for labels
	rowsAll  = 8 // for numbers, where marks are crowded
	labelMax = 250.0
	keyWide  = 460.0
)

// Minutes draws intruders' visits act by act: a picture for each day of an account, of the first twelve accounts. Screens that are
// narrow have no room for it: the story says the same.
func Minutes(r *report.Report, o Options) []Figure {
	out, names := []Figure{}, countries(world())
	for i, x := range drawable(r.Lanes) {
		if i == inFull {
			break
		}
		for k := range x.Minutes {
			m := &x.Minutes[k]
			if k < 3 && len(m.Marks) > 0 && len(m.Marks) <= 60 {
				out = append(out, minutesOf(&inset{r: r, x: x, m: m, o: &o, names: names}, len(out)+1, k+1 == len(x.Minutes)))
			}
		}
	}
	return out
}

func minutesOf(d *inset, number int, last bool) Figure {
	x, m, o := d.x, d.m, d.o
	out := Figure{ID: "fig-minutes-" + strconv.Itoa(number), Table: Table{Head: []string{"Time (UTC)", "What", "Whose", "Of", "Acts", "Rows"}, Rows: [][]string{}}}
	when := m.Day
	if t, ok := day(m.Day); ok {
		when = shortDay(t)
	}
	out.Title = report.Short(when+", minute by minute: intruder "+m.Intruder+" in "+o.name(x.Account), 160)
	marks := slices.Clone(m.Marks)
	slices.SortStableFunc(marks, func(a, b report.Mark) int { return int(min(max(a.First-b.First, -1), 1)) })
	d.canvas, d.marks = &canvas{id: out.ID, width: 1060}, marks
	d.prefix = d.commonPrefix()
	note := []string{"Times are UTC.", "Bars last as long as the act."}
	if d.prefix != "" {
		note = append(note, "Grey numbers: lines of "+strings.TrimSuffix(d.prefix, ":")+".")
	}
	if m.More > 0 {
		note = append(note, "And "+report.Counted(m.More, "more act of that day", "more acts of that day")+".")
	}
	if last && x.More > 0 {
		note = append(note, "And "+report.Counted(x.More, "more day", "more days")+" of intruders in this account.")
	}
	out.Note = strings.Join(note, " ")
	titles := laneTitles()
	for i := range marks {
		a := &marks[i]
		whose := "intruder " + m.Intruder
		if a.Who == "owner" {
			whose = "owner"
		}
		lane := a.Lane
		if at := laneAt(a.Lane); at >= 0 {
			lane = titles[at]
		}
		span := clockSeconds(a.First)
		if a.Last > a.First {
			span += "–" + clockSeconds(a.Last)
		}
		out.Table.row(span, lane, whose, markWords(a), report.Grouped(a.Acts), o.cite(a.File, a.Line, a.To))
	}
	out.SVG = d.draw(out.Title)
	return out
}

func clockSeconds(t report.Time) string { return at(t).Format("15:04:05") }

// markWords are what a mark is called.
func markWords(a *report.Mark) string {
	kind := strings.ReplaceAll(a.Type, "_", " ")
	text := report.Plain(string(a.Text))
	if _, path, is := strings.Cut(text, "://"); is { // of a file its name
		path = strings.TrimRight(path, "/")
		text = path[strings.LastIndexByte(path, '/')+1:]
	}
	if text == "" {
		text = report.Plain(string(a.Op))
	} else {
		switch a.Lane {
		case report.LaneSearch:
			text = "“" + text + "”"
		case report.LaneSend, report.LaneChange:
			text = kind + ": " + text
		}
	}
	if text == "" {
		text = kind
	}
	if a.Lane == report.LaneLogon && a.Acts > 2 {
		text += ", " + report.Grouped(a.Acts) + " times"
	}
	if a.Who == "owner" {
		text = "owner: " + text
	}
	return text
}

// inset is one picture of minutes.
type inset struct {
	*canvas
	r      *report.Report
	x      *report.AccountLanes
	m      *report.Minutes
	o      *Options
	marks  []report.Mark
	prefix string // that all citations have
	names  map[string]*land

	parts []unbroken
	scale float64 // pixels a millisecond
	cut   float64 // width of a cut
	key   []string
}

// unbroken is a time without a long pause.
type unbroken struct {
	from, to report.Time
	x        float64
}

// label is where a mark and its words stand.
type label struct {
	mark   int
	row    int
	x, w   float64 // of the mark
	text   string
	cite   string
	textX  float64
	anchor string
	a, b   float64 // room that mark and words take
}

const (
	insetLeft  = 128.0
	insetRight = 1056.0
)

// commonPrefix is what all citations have before their line, up to the colon; "" where they differ.
func (d *inset) commonPrefix() string {
	prefix := ""
	for i := range d.marks {
		s := d.o.cite(d.marks[i].File, d.marks[i].Line, 0)
		at := strings.LastIndexByte(s, ':')
		if at < 1 || i > 0 && s[:at+1] != prefix {
			return ""
		}
		prefix = s[:at+1]
	}
	return prefix
}

// cite is a mark's citation as the picture writes it.
func (d *inset) cite(a *report.Mark) string {
	s := d.o.cite(a.File, a.Line, a.To)
	if d.prefix != "" {
		return ":" + strings.TrimPrefix(s, d.prefix)
	}
	return fit(s, 12, 120)
}

// stretches cuts time at long pauses and finds the one scale of what is left.
func (d *inset) stretches() {
	type span struct{ from, to report.Time }
	var list []span
	for i := range d.marks {
		list = append(list, span{d.marks[i].First, max(d.marks[i].First, d.marks[i].Last)})
	}
	for _, v := range d.visits() {
		list = append(list, span{v.First, max(v.First, v.Last)})
	}
	slices.SortFunc(list, func(a, b span) int { return int(min(max(a.from-b.from, -1), 1)) })
	all := report.Time(0)
	for _, s := range list {
		if n := len(d.parts); n > 0 && s.from-d.parts[n-1].to <= pauseMS {
			d.parts[n-1].to = max(d.parts[n-1].to, s.to)
			continue
		}
		d.parts = append(d.parts, unbroken{from: s.from, to: s.to})
	}
	for i := range d.parts {
		all += d.parts[i].to - d.parts[i].from
	}
	pad := max(all/25, 90_000)
	for i := range d.parts {
		d.parts[i].from -= pad
		d.parts[i].to += pad
	}
	all += 2 * pad * report.Time(len(d.parts))
	if n := len(d.parts) - 1; n > 0 {
		d.cut = min(38, 400/float64(n))
	}
	d.scale = (insetRight - insetLeft - d.cut*float64(len(d.parts)-1)) / float64(all)
	x := insetLeft
	for i := range d.parts {
		d.parts[i].x = x
		x += d.width(d.parts[i].to-d.parts[i].from) + d.cut
	}
}

func (d *inset) width(t report.Time) float64 { return float64(t) * d.scale }

// at is where a time stands; what lies in a cut stands at its edge.
func (d *inset) at(t report.Time) float64 {
	for i := len(d.parts) - 1; i > 0; i-- {
		if t >= d.parts[i].from {
			return d.parts[i].x + d.width(min(t, d.parts[i].to)-d.parts[i].from)
		}
	}
	return d.parts[0].x + d.width(min(max(t, d.parts[0].from), d.parts[0].to)-d.parts[0].from)
}

// visits are those of the day, as far as the document has them.
func (d *inset) visits() (list []report.Visit) {
	for _, i := range d.m.Visits {
		if i >= 0 && i < len(d.x.Visits) && len(list) < 40 {
			list = append(list, d.x.Visits[i])
		}
	}
	slices.SortStableFunc(list, func(a, b report.Visit) int { return int(min(max(a.First-b.First, -1), 1)) })
	return list
}

package terms

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Search is what a person searched for once, however many rows the client logged while the words were typed.
type Search struct {
	Query string   // the longest text, as typed
	Also  []string // other texts that are not merely steps towards a longer one; sorted
	App   activity.Symbol
	Rows  []int // rows of the timeline, oldest first
	First int64 // milliseconds since 1970 UTC
	Last  int64
}

// Gap is the longest pause within one search.
const Gap = 60 * time.Second

// SearchRows lists the rows of a timeline that are searches and say what for.
func SearchRows(t activity.Timeline) []int {
	var rows []int
	for row := range t.Rows {
		if a := t.At(row); a.Type == activity.Search && t.Case.Get(a, activity.FieldQuery) != 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// JoinTyped joins the rows of search-as-you-type into searches, in order of their first row: rows of one app (and search
// session, where the log names one), with pauses of at most gap, whose text grows, shrinks or is corrected a little.
// rows must be oldest first.
func JoinTyped(t activity.Timeline, rows []int, gap time.Duration) []Search {
	session, _ := detect.ParseValue(sidField)
	return fold(t, &detect.Tenant{Case: t.Case}, rows, fields{detect.ValueOf(activity.FieldQuery), session}, gap)
}

// fields say where a search's text and its session stand.
type fields struct{ query, session detect.Value }

func fold(t activity.Timeline, p *detect.Tenant, rows []int, read fields, gap time.Duration) []Search {
	f := folderName{gap: gap.Milliseconds(), open: map[searchPlace][]*typing{}}
	query, session := read.query.Reading(p), read.session.Reading(p)
	texts := map[activity.Symbol]*text{} // people search for the same things again and again
	for _, row := range rows {
		a := t.At(row)
		s := query.First(a)
		if s == 0 {
			continue
		}
		one := texts[s]
		if one == nil {
			one = newText(query.Text(s))
			texts[s] = one
		}
		if !one.blank {
			f.add(row, a, searchPlace{a.App, a.Actor, session.First(a)}, one)
		}
	}
	searches := make([]Search, len(f.all))
	for i, w := range f.all {
		searches[i] = w.search()
	}
	return searches
}

// text is one text that is searched for.
type text struct {
	typed string
	key   string // as compared
	blank bool
}

func newText(typed string) *text {
	return &text{typed: typed, key: compared(typed), blank: strings.TrimSpace(typed) == ""}
}

// sidField is SearchResult's Sid: the id of a search session, unlike ClientSessionId, which differs per request.
const sidField = "params.Sid"

// searchPlace is where rows of one search must agree.
type searchPlace struct {
	app, actor, session activity.Symbol
}

// typing is a search while rows may still belong to it.
type typing struct {
	app   activity.Symbol
	rows  []int
	texts []*text        // distinct
	seen  map[*text]bool // texts, once there are two
	last  *text
	first int64
	time  int64
}

type folderName struct {
	gap  int64
	all  []*typing
	open map[searchPlace][]*typing // latest last
}

// maxOpen bounds how many searches of one app are kept open at once, and so what one row may cost.
const maxOpen = 8

func (f *folderName) add(row int, a *activity.Activity, at searchPlace, typed *text) {
	open := slices.DeleteFunc(f.open[at], func(w *typing) bool { return activity.Later(w.time, a.Time) > f.gap })
	var w *typing
	for i, old := range slices.Backward(open) {
		if old.last == typed || continues(old.last.key, typed.key) {
			w, open = old, slices.Delete(open, i, i+1)
			break
		}
	}
	if w == nil {
		w = &typing{app: a.App, first: a.Time}
		f.all = append(f.all, w)
	}
	w.rows, w.last, w.time = append(w.rows, row), typed, a.Time
	w.take(typed)
	f.open[at] = append(open[max(0, len(open)-maxOpen+1):], w)
}

// take notes what was typed, each text once.
func (w *typing) take(typed *text) {
	switch {
	case len(w.texts) == 1 && w.texts[0] == typed, w.seen[typed]:
		return
	case len(w.texts) == 1:
		w.seen = map[*text]bool{w.texts[0]: true, typed: true}
	case w.seen != nil:
		w.seen[typed] = true
	}
	w.texts = append(w.texts, typed)
}

// compared is a text as typing steps compare it: case and outer or repeated spaces do not make another search.
func compared(text string) string { return strings.Join(strings.Fields(normal(text)), " ") }

// search ends a search: texts that begin another one were steps towards it.
func (w *typing) search() Search {
	s := Search{App: w.app, Rows: w.rows, First: w.first, Last: w.time}
	steps := w.texts
	slices.SortFunc(steps, func(x, y *text) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.typed, y.typed)) })
	var ends []*text
	for i, st := range steps {
		if i+1 < len(steps) && strings.HasPrefix(steps[i+1].key, st.key) {
			continue
		}
		ends = append(ends, st)
	}
	slices.SortStableFunc(ends, func(x, y *text) int { return cmp.Compare(len([]rune(y.key)), len([]rune(x.key))) })
	s.Query = ends[0].typed
	for _, st := range ends[1:] {
		s.Also = append(s.Also, st.typed)
	}
	slices.Sort(s.Also)
	return s
}

// continues says whether the second text can be the next step of typing the first: it grew, shrank, or was corrected a
// little while growing or shrinking.
func continues(last, next string) bool {
	if strings.HasPrefix(next, last) || strings.HasPrefix(last, next) {
		return true
	}
	short, long := []rune(last), []rune(next)
	if len(short) > len(long) {
		short, long = long, short
	}
	// Short words that differ by a letter are different words: "visa", "vista".
	const shortest, longest = 6, 256
	if len(short) < shortest || len(short) > longest {
		return false
	}
	allowed := 1
	if len(short) >= 2*shortest {
		allowed = 2
	}
	return prefixDistance(short, long[:min(len(long), len(short)+allowed)]) <= allowed
}

// prefixDistance is the least number of letters to insert, drop, replace or swap with their neighbour that turns a into
// some beginning of b.
func prefixDistance(a, b []rune) int {
	before, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return slices.Min(prev)
}

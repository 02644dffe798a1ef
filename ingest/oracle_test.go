package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// edit is one byte that is changed.
type edit struct {
	at   int
	kind string // "drop", "flip", or what is put before the byte
	bit  int    // that is flipped
}

// edits are what happens to bytes.
func edits() []string { return []string{"drop", "flip", `"`, `\`, "{", "]", ",", "\n"} }

func (e edit) apply(text []byte) []byte {
	out := make([]byte, 0, len(text)+1)
	out = append(out, text[:e.at]...)
	switch e.kind {
	case "drop":
	case "flip":
		out = append(out, text[e.at]^1<<e.bit)
	default:
		out = append(append(out, e.kind...), text[e.at])
	}
	return append(out, text[e.at+1:]...)
}

// place is where an activity stands.
type place struct {
	id         activity.ID
	start, end int // end: where the next one begins
}

// reading is what came of a text.
type reading struct {
	places  []place
	repeats []int64 // where records stand that were taken for repeats
	c       *activity.Case
	err     error
}

// bench reads texts, one after another, under one name: of some exports the name says whose mailbox they are.
type bench struct {
	path   string
	reader sourceReader
	block  record.Block
	walker record.Walker
}

func newBench(t testing.TB) *bench {
	return &bench{
		path:   filepath.Join(t.TempDir(), "sample"),
		reader: sourceReader{formats: Formats(), report: newMeter(nil, nil), opts: Options{Workers: 1}},
	}
}

// open reads a text as a user does.
func (b *bench) open(t testing.TB, text []byte) reading {
	t.Helper()
	if err := os.WriteFile(b.path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Open(context.Background(), []string{b.path}, Options{Workers: 1})
	if err != nil {
		return reading{err: err}
	}
	defer files.Close()
	return readingOf(t, files.Case, text)
}

// read is open without a file, without other goroutines, and in the memory of the reading before: a fifth of the time.
func (b *bench) read(t testing.TB, text []byte) reading {
	t.Helper()
	st := &stream{sample: text[:min(len(text), sampleSize)], last: len(text) <= sampleSize, rest: bytes.NewReader(text[min(len(text), sampleSize):])}
	k, err := st.recognise(b.reader.formats)
	if err != nil {
		return reading{err: err}
	}
	var in *input
	for _, lenient := range []bool{false, true} {
		in = &input{src: &source{path: b.path}, kind: &k, cut: k.look.Cut, sizes: []*record.Sizes{{}}}
		in.shards, in.decode = []*activity.Shard{activity.NewShard(0, activity.Interest{})}, []record.Decoder{k.format.New(k.look.Head)}
		in.cut.Lenient = lenient
		c := record.NewCutter(bytes.NewReader(text[k.start:]), in.cut, record.Place{Offset: int64(k.start)})
		for err = c.Next(&b.block); err == nil && !in.broken.Load(); err = c.Next(&b.block) {
			in.blocks = append(in.blocks, &stretch{start: b.block.Start})
			b.reader.decodeBlock(&b.walker, job{in, &b.block, in.blocks[len(in.blocks)-1]}, 0)
		}
		if !errors.Is(err, record.ErrQuoting) && !in.broken.Load() {
			in.finish(c)
			break
		}
	}
	builder := activity.NewBuilder()
	builder.Add(in.describe(in.shards), in.shards, "")
	return readingOf(t, builder.Case(), text)
}

func readingOf(t testing.TB, c *activity.Case, text []byte) reading {
	t.Helper()
	checkSums(t, c)
	r := reading{c: c}
	for _, one := range c.Tenants() { // a damaged id of a tenant opens another
		for i := range one.Activities {
			r.places = append(r.places, place{id: one.Activities[i].ID, start: int(one.Activities[i].Offset)})
		}
		for _, d := range one.Duplicates {
			r.repeats = append(r.repeats, d.Offset)
		}
	}
	slices.SortFunc(r.places, func(x, y place) int { return x.start - y.start })
	for i := range r.places {
		if r.places[i].end = len(text); i+1 < len(r.places) {
			r.places[i].end = r.places[i+1].start
		}
	}
	return r
}

// damage is what an edit did.
type damage struct {
	lost, fresh []int // by place in the undamaged run, and in the damaged one
	skips       int
}

// compare finds what a damaged run lacks and what it has beside.
func compare(whole, now reading) damage {
	ids := func(r reading) map[activity.ID]bool {
		set := make(map[activity.ID]bool, len(r.places))
		for _, p := range r.places {
			set[p.id] = true
		}
		return set
	}
	var d damage
	old, left := ids(whole), ids(now)
	for i, p := range whole.places {
		if !left[p.id] {
			d.lost = append(d.lost, i)
		}
	}
	for i, p := range now.places {
		if !old[p.id] {
			d.fresh = append(d.fresh, i)
		}
	}
	if now.c != nil {
		d.skips = len(now.c.Skips)
	}
	return d
}

// verdict says what is wrong with what an edit did; "" if it cost no more than its record and a neighbour, and said so.
func verdict(whole, now reading, d damage, e edit, wrapper bool) string {
	shift := 0
	switch {
	case e.kind == "drop":
		shift = -1
	case e.kind != "flip":
		shift = 1
	}
	if wrapper { // of the header, or of a page: what stood before is kept, and what is lost is told
		if now.err != nil {
			return ""
		}
		for _, i := range d.lost {
			if whole.places[i].end <= e.at {
				return fmt.Sprintf("record %d stood before the edit and is lost", i)
			}
		}
		return told(whole, now, d, e, shift)
	}
	hit := slices.IndexFunc(whole.places, func(p place) bool { return e.at < p.end })
	switch {
	case now.err != nil && len(whole.places) == 1:
		return "" // the file is one message
	case now.err != nil:
		return "refused: " + now.err.Error()
	case len(d.lost) > 2 || len(d.fresh) > 1:
		return fmt.Sprintf("%d lost, %d that were not there before", len(d.lost), len(d.fresh))
	}
	for _, i := range d.lost {
		if i < hit-1 || i > hit+1 {
			return fmt.Sprintf("the edit is in record %d, and record %d is lost", hit, i)
		}
	}
	return told(whole, now, d, e, shift)
}

// told says which lost record is neither within a skipped stretch, nor read as another one, nor taken for a repeat.
func told(whole, now reading, d damage, e edit, shift int) string {
	for _, i := range d.lost {
		start, end := whole.places[i].start, whole.places[i].end
		if start > e.at {
			start += shift
		}
		if end > e.at {
			end += shift
		}
		within := func(offset, length int64) bool { return int(offset) < end && int(offset+length) > start }
		skipped := slices.ContainsFunc(now.c.Skips, func(s activity.Skip) bool { return within(s.Offset, max(s.Bytes, 1)) && s.Bytes > 0 })
		read := slices.ContainsFunc(now.places, func(p place) bool { return within(int64(p.start), 1) }) ||
			slices.ContainsFunc(now.repeats, func(offset int64) bool { return within(offset, 1) })
		if !skipped && !read {
			return fmt.Sprintf("record %d, from %d to %d, is lost without a word; skipped are %+v", i, start, end, now.c.Skips[:min(3, len(now.c.Skips))])
		}
	}
	return ""
}

// wrapperOf tells the bytes of a header, and of the openings and ends of pages.
func wrapperOf(t testing.TB, text []byte) (inside func(at int) bool) {
	t.Helper()
	type zone struct{ start, end int }
	var zones []zone
	start, pieces := tilesOf(t, text)
	zones = append(zones, zone{0, start})
	for _, p := range pieces {
		if p.kind == record.Framing && bytes.IndexByte(text[p.start:p.end], '"') >= 0 || p.start == 0 && p.kind == record.Framing {
			zones = append(zones, zone{int(p.start), int(p.end)})
		}
	}
	return func(at int) bool {
		return slices.ContainsFunc(zones, func(z zone) bool { return z.start <= at && at < z.end })
	}
}

// tile is a piece of a text.
type tile struct {
	kind       record.Piece
	start, end int64
}

// tilesOf cuts a text as Open does: where its records begin, and all its pieces. It fails if they do not cover the text,
// each byte once.
func tilesOf(t testing.TB, text []byte) (start int, pieces []tile) {
	t.Helper()
	st := &stream{sample: text, last: true, rest: strings.NewReader("")}
	k, err := st.recognise(Formats())
	if err != nil {
		return len(text), nil
	}
	for _, lenient := range []bool{false, true} {
		how := k.look.Cut
		how.Lenient = lenient
		c, w, b := record.NewCutter(st.text(k.start), how, record.Place{Offset: int64(k.start)}), record.Walker{Sep: how.Sep}, record.Block{}
		pieces = pieces[:0]
		for err = c.Next(&b); err == nil; err = c.Next(&b) {
			if err = w.Walk(&b, func(record.Record, error) error { return nil }); err != nil {
				break
			}
			b.Tile(func(kind record.Piece, start, end int64) { pieces = append(pieces, tile{kind, start, end}) })
		}
		if !errors.Is(err, record.ErrQuoting) {
			break
		}
	}
	at := int64(k.start)
	for _, p := range pieces {
		if p.start != at || p.end <= p.start {
			t.Fatalf("a piece from %d to %d after one that ends at %d", p.start, p.end, at)
		}
		at = p.end
	}
	if at != int64(len(text)) {
		t.Fatalf("the pieces end at %d of %d", at, len(text))
	}
	return k.start, pieces
}

// reordered writes a table with its columns the other way round.
func reordered(text []byte) []byte {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte(outlooktest.BOM)))).ReadAll()
	if err != nil {
		panic(err)
	}
	for _, row := range rows {
		slices.Reverse(row)
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// plan is which edits are made: a few, or in a long run one of each kind at so many places by chance, at every place of
// so many records, and where they begin and end.
func plan(text []byte, places []place, random, records int) []edit {
	r := rand.New(rand.NewPCG(uint64(len(text)), 3))
	few, edge := 12, 3 // bytes on either side
	if testing.Short() {
		few = 2
	}
	var edges []int
	for _, i := range []int{0, len(places) / 2, len(places) - 1} {
		for k := -edge; k < edge; k++ {
			edges = append(edges, min(max(places[i].start+k, 0), len(text)-1), min(max(places[i].end+k, 0), len(text)-1))
		}
	}
	var all []edit
	if random == 0 {
		for i := range few {
			e := edit{r.IntN(len(text)), edits()[i%len(edits())], r.IntN(8)}
			if i%2 == 0 {
				e.at, e.kind = edges[r.IntN(len(edges))], edits()[r.IntN(len(edits()))]
			}
			all = append(all, e)
		}
		return all
	}
	at := edges
	for range random {
		at = append(at, r.IntN(len(text)))
	}
	for _, i := range []int{0, len(places) / 2, len(places) - 1}[:records] {
		for k := places[i].start; k < places[i].end; k++ {
			at = append(at, k)
		}
	}
	for _, k := range at {
		for _, kind := range edits() {
			all = append(all, edit{k, kind, r.IntN(8)})
		}
	}
	return all
}

// damageEffort is at how many places by chance, and in how many records at every place, samples are edited in a long run;
// 0, 0 in a short one.
func damageEffort() (random, records int) {
	if os.Getenv("TRIAGE_LONG") != "" {
		return 2000, 3
	}
	return 0, 0
}

// TestDamageCostsItselfOnly: one byte that is dropped, flipped or put in costs the record that it is in, and at most a
// neighbour. With TRIAGE_LONG=1 the first sample of each format is edited in each way at 2,000 places and at every place
// of its first, middle and last record, every other layout at 250 places and in its first record.
func TestDamageCostsItselfOnly(t *testing.T) {
	most, records := damageEffort()
	if most > 0 {
		defer debug.SetGCPercent(debug.SetGCPercent(800))
	}
	seen := map[string]bool{}
	all := figures{}
	for _, s := range samples() {
		random, whole := most, records
		if seen[s.format] {
			random, whole = random/8, min(whole, 1)
		}
		seen[s.format] = true
		t.Run(s.format+"/"+s.how, func(t *testing.T) {
			f := damageSample(t, s, random, whole)
			t.Logf("figure: %s, %s: %v", s.format, s.how, f)
			all.join(f)
		})
	}
	t.Logf("figure: all: %v", all)
	for _, f := range Formats() {
		if !seen[f.Name] {
			t.Errorf("no sample of %s", f.Name)
		}
	}
}

func damageSample(t *testing.T, s sample, random, records int) (f figures) {
	b := newBench(t)
	whole := b.read(t, s.text)
	if whole.err != nil || whole.c.Inputs[0].Format != s.format || len(whole.c.Skips) > 0 || s.format != "message-eml" && len(whole.places) != sampleRecords {
		t.Fatalf("undamaged: %v, %d activities", whole.err, len(whole.places))
	}
	opened := b.open(t, s.text)
	inside := wrapperOf(t, s.text)
	const rarely = 40
	for i, e := range plan(s.text, whole.places, random, records) {
		text := e.apply(s.text)
		before, now := whole, b.read(t, text)
		if i%rarely == 0 {
			before, now = opened, b.open(t, text)
			tilesOf(t, text)
		}
		d := compare(before, now)
		if why := verdict(before, now, d, e, inside(e.at)); why != "" {
			if f.bad++; f.bad <= 3 {
				t.Errorf("%q, bit %d at %d (%.20q|%.20q): %s", e.kind, e.bit, e.at, s.text[max(0, e.at-20):e.at], s.text[e.at:], why)
			}
		}
		f.add(d, inside(e.at))
	}
	return f
}

// figures are what the edits of a sample cost.
type figures struct {
	edits, wrappers, bad int
	lost                 [4]int // edits outside of wrappers that cost so many records; the last is for more
	skips                int    // skipped stretches after one edit, at most
}

func (f *figures) add(d damage, wrapper bool) {
	f.edits++
	f.skips = max(f.skips, d.skips)
	if wrapper {
		f.wrappers++
		return
	}
	f.lost[min(len(d.lost), len(f.lost)-1)]++
}

func (f *figures) join(g figures) {
	f.edits, f.wrappers, f.bad, f.skips = f.edits+g.edits, f.wrappers+g.wrappers, f.bad+g.bad, max(f.skips, g.skips)
	for i, n := range g.lost {
		f.lost[i] += n
	}
}

// String is a line for the log.
func (f figures) String() string {
	return fmt.Sprintf("%d edits: %d in wrappers, %d cost nothing, %d one record, %d two, %d more; %d skips at most, %d bad",
		f.edits, f.wrappers, f.lost[0], f.lost[1], f.lost[2], f.lost[3], f.skips, f.bad)
}

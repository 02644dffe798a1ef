package activity

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"runtime/debug"
	"slices"
	"strings"
)

// Builder merges shards into a case. Inputs may be added in any order, as they are read; Order says which one the report
// lists them in, so that the printed origin of an activity never depends on which worker was faster.
type Builder struct {
	Limits Limits // may be set before the first input is added

	c      Case
	taken  int       // activities added
	err    error     // why the builder went on no further
	rows   []block   // of all shards so far, renumbered; Case lays them out in one piece
	rooms  []*Room   // that blocks are of
	small  block     // that small ones are copied into; not among rows yet
	order  []uint32  // by input as added: its number in the case; nil where that is the same
	claims []claimed // what the rows say of their tenants, when they are laid out
}

// NewBuilder is an empty builder.
func NewBuilder() *Builder {
	return &Builder{Limits: Most(), c: Case{Symbols: &Symbols{}, details: make([]Detail, 1)}}
}

// Err says why there is no case: it is beyond a limit. Once there is an error the builder takes nothing more.
func (b *Builder) Err() error { return b.err }

// Add takes an input and all its shards, and lets go of the shards. owner, if not empty, is whose mailbox it is
// (--assume-mailbox); it counts for exports that do not say.
func (b *Builder) Add(in Input, shards []*Shard, owner string) {
	file := uint32(len(b.c.Inputs))
	ownerless := hasOwnerless(shards)
	if ownerless {
		in.Mailbox, in.MailboxFrom = settleOwner(&in, shards, owner)
	}
	in.Notes = slices.Concat(in.Notes, notes(shards), tallied(shards), misdatedNotes(shards))
	in.Answers = answers(shards)
	scope := scopeOf(in.Mailbox)
	for _, skip := range skipsOf(shards, in.Chunks) {
		skip.File = file
		b.c.Skips = append(b.c.Skips, skip)
	}
	roomiest(shards)
	for i, s := range shards {
		if b.err == nil {
			b.merge(s, file, in.Mailbox, scope)
		}
		shards[i] = nil
	}
	b.c.Inputs = append(b.c.Inputs, in)
}

// roomiest brings the shard to the front whose details have room for those of all (Shard.Expect).
func roomiest(shards []*Shard) {
	for i, s := range shards {
		if cap(s.details) > cap(shards[0].details) {
			shards[0], shards[i] = s, shards[0]
		}
	}
}

// notes is what the shards note, each once.
func notes(shards []*Shard) []string {
	var all []string
	full := false
	for _, s := range shards {
		full = full || s.noted
		for _, text := range s.notes {
			var more bool
			all, more = addNote(all, text)
			full = full || more
		}
	}
	if full {
		all = append(all, fmt.Sprintf("there are more notes than the %d that are listed", maxNotes))
	}
	return all
}

func hasOwnerless(shards []*Shard) bool {
	for _, s := range shards {
		for i := range s.rows {
			if slices.ContainsFunc(s.rows[i].rows, func(a Activity) bool { return a.Flags&OwnerLess != 0 }) {
				return true
			}
		}
	}
	return false
}

// settleOwner names the mailbox of an export that has no mailbox column: what the user said, else the most frequent
// UserName of successful ServerLogons, else the file's name.
func settleOwner(in *Input, shards []*Shard, said string) (owner, from string) {
	votes := map[string]int{}
	for _, s := range shards {
		for sym, n := range s.votes {
			votes[s.Symbols.Text(sym)] += n
		}
	}
	names := slices.SortedFunc(maps.Keys(votes), func(x, y string) int {
		return cmp.Or(cmp.Compare(votes[y], votes[x]), cmp.Compare(x, y))
	})
	switch {
	case said != "":
		owner, from = strings.ToLower(strings.TrimSpace(said)), "--assume-mailbox"
	case len(names) > 0:
		owner, from = strings.Clone(names[0]), "ServerLogon.UserName" // its shard is let go of
		if in.Source == SourceMessage {
			from = "message headers"
			return owner, from
		}
	case in.Source == SourceMessage:
		owner, from = addressedFolder(in.Path)
	default:
		owner, from = ownerFromPath(in.Path), fromFile
	}
	if note := otherOwners(owner, names, votes); note != "" {
		in.Notes = append(in.Notes, note)
	}
	return owner, from
}

// otherOwners says that an export may be of several mailboxes: all of it counts as the owner's.
func otherOwners(owner string, names []string, votes map[string]int) string {
	const shown = 5
	var others []string
	for _, name := range names {
		if name != owner {
			others = append(others, fmt.Sprintf("%s (%d)", name, votes[name]))
		}
	}
	if len(others) == 0 {
		return ""
	}
	if len(others) > shown {
		others = append(others[:shown], fmt.Sprintf("and %d more", len(others)-shown))
	}
	return fmt.Sprintf("everything in this export counts as %s's, but successful ServerLogons also name %s", owner, strings.Join(others, ", "))
}

// addressedFolder names the mailbox of a message that does not say: the innermost folder whose name is an address. No other
// folder's name is anybody's.
func addressedFolder(p string) (owner, from string) {
	p = strings.ReplaceAll(strings.ReplaceAll(p, `\`, "/"), "!", "/")
	folder := path.Dir(p)
	for at := folder; at != "." && at != "/"; at = path.Dir(at) {
		if name := path.Base(at); strings.Contains(name, "@") {
			return strings.ToLower(name), "folder name"
		}
	}
	return UnknownName("whoever had the message files"), "nothing"
}

func ownerFromPath(p string) string {
	if _, member, ok := strings.Cut(p, "!"); ok {
		p = member
	}
	name := path.Base(strings.ReplaceAll(p, `\`, "/"))
	for {
		ext := path.Ext(name)
		switch strings.ToLower(ext) {
		case ".csv", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zst", ".zip":
			name = strings.TrimSuffix(name, ext)
		default:
			return strings.ToLower(name)
		}
	}
}

func (b *Builder) merge(s *Shard, file uint32, mailbox string, scope ID) {
	c := &b.c
	b.taken += s.count
	if b.err = b.fits(s); b.err != nil {
		return
	}
	renumber, base := b.takeTexts(s)
	b.call(s, renumber)
	if b.err = b.Limits.check(0, 0, c.Symbols.Len()); b.err != nil {
		return
	}
	owner := c.Symbols.InternString(mailbox)
	for k := range s.rows {
		rows := s.rows[k].rows
		for i := range rows {
			a := &rows[i]
			if renumber != nil {
				for _, sym := range a.symbols() {
					*sym = renumber[*sym]
				}
			}
			if a.Detail != 0 {
				a.Detail += base
			}
			if a.Flags&OwnerLess != 0 {
				a.Mailbox, a.ID = owner, a.ID.Mixed(scope)
			}
			settleNames(a)
			a.File = file
		}
	}
	b.keep(s.rows, s.claims.of(file, renumber))
}

// keep takes a shard's blocks, and what they say of their tenants. What is much smaller than a block is copied into one
// with others.
func (b *Builder) keep(blocks []block, said []claimed) {
	reader := claimReader{said: said}
	for _, one := range blocks {
		if n := len(one.rows); n > rowBlock/4 || one.room != nil {
			one.said = reader.next(nil, n, 0)
			b.add(one)
			continue
		}
		small := &b.small
		if cap(small.rows)-len(small.rows) < len(one.rows) {
			b.addSmall()
			small.rows = make([]Activity, 0, rowBlock)
		}
		small.said = reader.next(small.said, len(one.rows), len(small.rows))
		small.rows = append(small.rows, one.rows...)
	}
}

func (b *Builder) add(one block) {
	if n := len(b.rooms); one.room != nil && (n == 0 || b.rooms[n-1] != one.room) {
		b.rooms = append(b.rooms, one.room)
	}
	b.rows = append(b.rows, one)
}

// addSmall takes the block of small ones, if there is any.
func (b *Builder) addSmall() {
	if len(b.small.rows) > 0 {
		b.add(b.small)
	}
	b.small = block{}
}

// takeTexts moves a shard's symbols and details into the case. renumber is the case's symbol by the shard's, nil where
// they are the same: the first shard's tables become the case's own, so that one worker's work is not done twice. base
// is what is added to the index of a details' run.
func (b *Builder) takeTexts(s *Shard) (renumber []Symbol, base uint32) {
	c := &b.c
	if c.Symbols.Len() == 1 && len(c.details) == 1 {
		symbols := s.Symbols
		c.Symbols, c.details = &symbols, s.details[:s.open]
		return nil, 0
	}
	renumber = make([]Symbol, s.Symbols.Len())
	for sym, text := range s.Symbols.All() {
		renumber[sym] = c.Symbols.InternString(text)
	}
	base = uint32(len(c.details)) - 1
	c.details = appendDetails(c.details, s.details[1:s.open], renumber)
	return renumber, base
}

func (a *Activity) symbols() [8]*Symbol {
	return [8]*Symbol{&a.Op, &a.Mailbox, &a.Actor, &a.IP, &a.App, &a.Agent, &a.Session, &a.Item}
}

// settleNames gives an activity that names only its actor, or only its mailbox, the other one too: who acts without
// touching somebody else's mailbox acts in the own one.
func settleNames(a *Activity) {
	if a.Mailbox == 0 {
		a.Mailbox = a.Actor
	}
	if a.Actor == 0 {
		a.Actor = a.Mailbox
	}
}

func appendDetails(to, from []Detail, renumber []Symbol) []Detail {
	to = slices.Grow(to, len(from))
	for i := 0; i < len(from); {
		n := int(from[i].Key)
		to = append(to, from[i])
		for _, d := range from[i+1 : i+1+n] {
			if name, ok := d.Key.Dynamic(); ok {
				d.Key = DynamicKey(renumber[name])
			}
			d.Value = renumber[d.Value]
			to = append(to, d)
		}
		i += 1 + n
	}
	return to
}

// Case parts the tenants, drops repeats, sorts, counts, lets the passes correct names, and joins; all but the first for
// each tenant alone. The builder must not be used afterwards, and the case only if Err is nil.
func (b *Builder) Case(passes ...func(*Case)) *Case {
	if b.err = cmp.Or(b.err, b.settling()); b.err != nil {
		return &b.c
	}
	b.layOut()
	b.c.Called = eachOnce(b.c.Called)
	if ids, of := b.tenants(); len(ids) > 1 {
		return b.parted(ids, of, passes)
	}
	return b.settle(passes)
}

// settle makes the case of one tenant.
func (b *Builder) settle(passes []func(*Case)) *Case {
	c := &b.c
	if c.From(SourceMessage) {
		matchCopies(&b.c)
		otherItems(&b.c)
	}
	dropRepeats(&b.c)
	if b.err = b.Limits.check(0, len(c.details), 0); b.err != nil { // one that was completed has its details twice
		return c
	}
	forgetNames(&b.c)
	b.sort()
	findShared(&b.c)
	slices.SortFunc(c.Skips, func(x, y Skip) int { return compareOrigins(x.Origin, y.Origin) })
	types := b.count()
	for _, pass := range passes {
		pass(c)
	}
	c.sortTypes(types)
	c.join()
	return c
}

// Order says where each input stands in the report: by input as added, its number from 0.
func (b *Builder) Order(numbers []uint32) {
	inputs := make([]Input, len(b.c.Inputs))
	moved := false
	for i, to := range numbers {
		inputs[to] = b.c.Inputs[i]
		moved = moved || int(to) != i
	}
	b.c.Inputs = inputs
	if moved {
		b.order = numbers
	}
}

// layOut puts all activities into one slice, and lets go of the blocks on the way. What is in a room that has place for
// all stays there. All that names an input takes its number in the case.
func (b *Builder) layOut() {
	b.addSmall()
	room := b.enough()
	place := func(x block) int {
		if room == nil || x.room != room {
			return math.MaxInt
		}
		return x.at
	}
	slices.SortStableFunc(b.rows, func(x, y block) int { return cmp.Compare(place(x), place(y)) })
	n := 0
	for i := range b.rows {
		one := &b.rows[i]
		b.renumberFiles(one.rows)
		for _, run := range one.said {
			run.from += n
			b.claims = appendClaim(b.claims, run)
		}
		n, one.said = n+len(one.rows), nil
	}
	if room == nil {
		room = &Room{all: make([]Activity, 0, n), limits: &b.Limits}
	}
	copied, back := int64(0), max(leastBack, int64(n)*rowSize/mostBacks)
	b.c.Activities = room.one(b.rows, func(bytes int64) {
		if copied += bytes; copied >= back {
			debug.FreeOSMemory()
			copied = 0
		}
	})
	for _, r := range b.rooms {
		if r != room {
			r.leave()
		}
	}
	if b.rows, b.rooms = nil, nil; int64(n)*rowSize >= leastBack {
		debug.FreeOSMemory() // what reading took
	}
	if b.order != nil {
		for i := range b.c.Skips {
			b.c.Skips[i].File = b.order[b.c.Skips[i].File]
		}
		for i := range b.claims {
			b.claims[i].file = b.order[b.claims[i].file]
		}
	}
}

// enough is the largest room, if all activities have place in it; nil if not.
func (b *Builder) enough() *Room {
	var largest *Room
	for _, r := range b.rooms {
		if largest == nil || cap(r.all) > cap(largest.all) {
			largest = r
		}
	}
	if largest == nil || cap(largest.all) < b.taken {
		return nil
	}
	return largest
}

// The memory of blocks that were copied is given back at once, as is what reading took, else two copies of all activities would be the most that a
// run takes: after so many bytes, and so often at most, since each time costs in proportion to the case.
const (
	leastBack = 8 << 20
	mostBacks = 8
)

func (b *Builder) renumberFiles(rows []Activity) {
	if b.order == nil {
		return
	}
	for i := range rows {
		rows[i].File = b.order[rows[i].File]
	}
}

func compareOrigins(x, y Origin) int {
	return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Offset, y.Offset))
}

// sort brings the activities into total order. Most exports come in order of time, and only what shares a time is sorted.
func (b *Builder) sort() {
	c := &b.c
	if len(c.Duplicates) == 0 && ascending(c.Activities) {
		sortTies(c.Activities)
		return
	}
	b.reorder()
	slices.SortFunc(c.Duplicates, func(x, y Duplicate) int {
		return cmp.Or(cmp.Compare(x.Activity, y.Activity), compareOrigins(x.Origin, y.Origin))
	})
}

func ascending(rows []Activity) bool {
	for i := 1; i < len(rows); i++ {
		if rows[i].Time < rows[i-1].Time {
			return false
		}
	}
	return true
}

func sortTies(rows []Activity) {
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Time == rows[start].Time {
			end++
		}
		if end-start > 1 {
			slices.SortFunc(rows[start:end], func(x, y Activity) int { return Compare(&x, &y) })
		}
		start = end
	}
}

// reorder sorts 16-byte keys and moves each activity once.
func (b *Builder) reorder() {
	c := &b.c
	type key struct {
		time  int64
		index uint32
	}
	keys := make([]key, len(c.Activities))
	for i := range c.Activities {
		keys[i] = key{c.Activities[i].Time, uint32(i)}
	}
	slices.SortFunc(keys, func(x, y key) int {
		if x.time != y.time {
			return cmp.Compare(x.time, y.time)
		}
		return Compare(&c.Activities[x.index], &c.Activities[y.index])
	})
	moved := make([]uint32, len(keys))
	for to := range keys {
		moved[keys[to].index] = uint32(to)
	}
	permute(c.Activities, moved)
	for i := range c.Duplicates {
		c.Duplicates[i].Activity = moved[c.Duplicates[i].Activity]
	}
}

// sortTypes lists the activities of each type.
func (c *Case) sortTypes(counts *[typeCount]int) {
	for t, n := range counts {
		c.types[t] = make([]uint32, 0, n) // a pass may change a type: then it grows
	}
	for i := range c.Activities {
		t := c.Activities[i].Type
		c.types[t] = append(c.types[t], uint32(i))
	}
}

// permute moves each activity to its new place, cycle by cycle, without a second copy of them all.
func permute(rows []Activity, to []uint32) {
	done := make([]uint64, (len(rows)+63)/64)
	for start := range rows {
		if done[start/64]>>(start%64)&1 != 0 {
			continue
		}
		held := rows[start]
		for at := to[start]; ; at = to[at] {
			held, rows[at] = rows[at], held
			done[at/64] |= 1 << (at % 64)
			if int(at) == start {
				break
			}
		}
	}
}

// count fills the figures of each input, so that rows = activities + duplicates + skipped can be read off. It returns how
// many activities of each type there are.
func (b *Builder) count() *[typeCount]int {
	c := &b.c
	var types [typeCount]int
	for i := range c.Activities {
		a := &c.Activities[i]
		in := &c.Inputs[a.File]
		in.Activities++
		types[a.Type]++
		if a.Flags&Undated == 0 {
			in.span(a.Time)
		}
	}
	for _, d := range c.Duplicates {
		in := &c.Inputs[d.File]
		in.Duplicates++
		if a := &c.Activities[d.Activity]; a.Flags&Undated == 0 {
			in.span(a.Time)
		}
	}
	for _, s := range c.Skips {
		c.Inputs[s.File].Skipped += s.Count
	}
	return &types
}

func (in *Input) span(t int64) {
	if in.First == 0 || t < in.First {
		in.First = t
	}
	in.Last = max(in.Last, t)
}

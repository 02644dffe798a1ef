package activity

import "slices"

// parted makes one case of each tenant's activities, and the whole that holds them. ids are the tenants', of is each
// activity's, as Builder.tenants gives them.
func (b *Builder) parted(ids []string, of []uint32, passes []func(*Case)) *Case {
	c := &b.c
	from := b.gather(len(ids), of)
	s := splitter{c: c, symbol: make([]Symbol, c.Symbols.Len()), file: make([]uint32, len(c.Inputs))}
	whole := &Case{Symbols: &Symbols{}, Inputs: slices.Clone(c.Inputs), Skips: c.Skips}
	for i, id := range ids {
		part := &Builder{Limits: b.Limits, c: s.part(c.Activities[from[i]:from[i+1]:from[i+1]])}
		part.c.Tenant = id
		one := part.settle(passes)
		if b.err = part.err; b.err != nil {
			return c
		}
		whole.Parts = append(whole.Parts, one)
		whole.sum(one)
	}
	slices.SortFunc(whole.Skips, func(x, y Skip) int { return compareOrigins(x.Origin, y.Origin) })
	for _, skip := range whole.Skips {
		whole.Inputs[skip.File].Skipped += skip.Count
	}
	return whole
}

// gather puts each tenant's activities side by side, in the order in which they were added; from says where a tenant's
// begin, and at its end where the last one's end.
func (b *Builder) gather(tenants int, of []uint32) (from []int) {
	from = make([]int, tenants+1)
	for _, n := range of {
		from[n]++
	}
	for i := range tenants {
		from[i+1] += from[i]
	}
	next := slices.Clone(from)
	for i, n := range of {
		of[i] = uint32(next[n-1])
		next[n-1]++
	}
	permute(b.c.Activities, of)
	return from
}

// sum adds a part's figures to the inputs that it has a part of.
func (c *Case) sum(part *Case) {
	for i := range part.Inputs {
		in, mine := &c.Inputs[part.whole[i]], &part.Inputs[i]
		in.Activities += mine.Activities
		in.Duplicates += mine.Duplicates
		if mine.First != 0 {
			in.span(mine.First)
			in.span(mine.Last)
		}
		for _, text := range mine.Notes {
			if !slices.Contains(in.Notes, text) {
				in.Notes = append(slices.Clip(in.Notes), text)
			}
		}
		if in.Rows <= 1 { // of a single message, its delivery may have told the mailbox
			in.Mailbox, in.MailboxFrom = mine.Mailbox, mine.MailboxFrom
		}
	}
}

// splitter takes parts out of a case. Each part has texts, details and inputs of its own, so that whatever is done with
// it costs what it holds: a table by symbol for each of 100,000 tenants would have room for the texts of all.
type splitter struct {
	c      *Case
	symbol []Symbol // of the part, by the case's; 0: not in it
	used   []Symbol // those of the case that the part has
	file   []uint32 // of the part, by the case's, one more than it; 0: not in it
}

// part makes a case of some activities, which it takes over.
func (s *splitter) part(rows []Activity) Case {
	details, texts := 1, 0
	use := func(sym Symbol) {
		if sym != 0 && s.symbol[sym] == 0 {
			s.symbol[sym], s.used, texts = 1, append(s.used, sym), texts+len(s.c.Text(sym))
		}
	}
	part := Case{Activities: rows}
	for i := range rows {
		a := &rows[i]
		for _, sym := range a.symbols() {
			use(*sym)
		}
		run := s.c.run(a)
		for _, d := range run {
			if name, ok := d.Key.Dynamic(); ok {
				use(name)
			}
			use(d.Value)
		}
		if run != nil {
			details += 1 + len(run)
		}
		if s.file[a.File] == 0 {
			s.file[a.File] = 1
			part.whole = append(part.whole, a.File)
		}
	}
	part.Symbols = newSymbols(len(s.used), texts)
	for _, sym := range s.used {
		s.symbol[sym] = part.Symbols.InternString(s.c.Text(sym))
	}
	s.called(&part)
	s.inputs(&part)
	part.details = make([]Detail, 1, details)
	for i := range rows {
		s.renumber(&part, &rows[i])
	}
	for _, sym := range s.used {
		s.symbol[sym] = 0
	}
	s.used = s.used[:0]
	for _, file := range part.whole {
		s.file[file] = 0
	}
	return part
}

// inputs gives the part those inputs that it has activities of, in the order of the whole. What could not be read is
// nobody's.
func (s *splitter) inputs(part *Case) {
	slices.Sort(part.whole)
	for i, file := range part.whole {
		s.file[file] = uint32(i) + 1
		in := s.c.Inputs[file]
		in.Rows, in.Notes = 0, slices.Clone(in.Notes)
		part.Inputs = append(part.Inputs, in)
	}
}

func (s *splitter) renumber(part *Case, a *Activity) {
	for _, sym := range a.symbols() {
		*sym = s.symbol[*sym]
	}
	if run := s.c.run(a); run != nil {
		a.Detail = uint32(len(part.details))
		part.details = append(part.details, Detail{Key: Key(len(run))})
		for _, d := range run {
			if name, ok := d.Key.Dynamic(); ok {
				d.Key = DynamicKey(s.symbol[name])
			}
			part.details = append(part.details, Detail{d.Key, s.symbol[d.Value]})
		}
	}
	a.File = s.file[a.File] - 1
	part.Inputs[a.File].Rows++
}

package record

import "bytes"

// Skim shows every record of a block in order, as [Walker.Walk] does, for a reader who wants few of them: rows are told
// apart by their quotes alone, and neither cut into cells nor checked. Whole makes a record what Walk would show. The
// block must be one that Walk has gone through before.
func (w *Walker) Skim(b *Block, visit func(rec Record, broken error) error) error {
	if b.spanned {
		for _, s := range b.spans {
			rec := b.record(s)
			if s.broken == nil && w.Sep != 0 && w.blank(trimLineEnd(rec.Bytes)) {
				continue
			}
			if err := visit(rec, s.broken); err != nil {
				return err
			}
		}
		return nil
	}
	for at := 0; at < len(b.Bytes); {
		end := rowEnd(b.Bytes, at)
		if line := trimLineEnd(b.Bytes[at:end]); !w.blank(line) {
			if err := visit(Record{Offset: b.Start.Offset + int64(at), Bytes: b.Bytes[at:end], Length: int64(len(line))}, nil); err != nil {
				return err
			}
		}
		at = end
	}
	return nil
}

// Whole is a record that Skim showed, as Walk shows it: with its cells, without its line end, in valid UTF-8.
func (w *Walker) Whole(rec Record, broken error) (Record, error) {
	if w.Sep != 0 && broken == nil {
		_, broken = w.split(rec.Bytes, true)
		rec.Bytes, rec.Cells, rec.Beyond = trimLineEnd(rec.Bytes), w.cells, w.beyond
	}
	w.repair(&rec)
	return rec, broken
}

// rowEnd is where the next row begins: after the first newline before which the row's quotes are even.
func rowEnd(text []byte, at int) int {
	odd := false
	for {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		if bytes.Count(text[at:at+i], []byte{'"'})%2 != 0 {
			odd = !odd
		}
		if at += i + 1; !odd {
			return at
		}
	}
}

package collect

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"triage/ingest/m365"
)

// Bounds of a walk: no service that is what it says reaches them.
const (
	maxPasses = 8   // over the same pages, until two agree
	maxBarren = 100 // answers in a row that bring nothing new and name a next one
)

// rowID stands for a row: by its id, or its content if it has none.
type rowID uint64

func rowIDOf(row json.RawMessage) rowID {
	var fields struct {
		ID any `json:"id"`
	}
	text := []byte(row)
	if json.Unmarshal(row, &fields) == nil {
		if id, ok := fields.ID.(string); ok && id != "" {
			text = []byte(id)
		}
	}
	sum := sha256.Sum256(text)
	return rowID(binary.LittleEndian.Uint64(sum[:]))
}

// walkFound is what walks over the pages of one stretch of a list brought.
type walkFound struct {
	rows    map[rowID]bool // that the walks met
	kept    map[rowID]bool // that are on the disk
	pages   int            // of the last walk that had rows
	asked   time.Time
	wavered bool
}

// steady walks the pages at an address until two walks agree; one page needs no second walk. Answers that bring nothing new
// are not kept: they say what is there already. kept are the rows that the disk has, and grows.
func (c *collecting) steady(ctx context.Context, of whole, l *List, address string, kept map[rowID]bool) (*walkFound, error) {
	f := &walkFound{rows: map[rowID]bool{}, kept: kept}
	for pass := 1; pass <= maxPasses; pass++ {
		news, err := c.walk(ctx, of, l, address, f)
		if err != nil {
			return nil, err
		}
		if f.pages <= 1 || pass > 1 && news == 0 {
			return f, nil
		}
	}
	f.wavered = true
	return f, nil
}

// walk follows the pages to their end.
func (c *collecting) walk(ctx context.Context, of whole, l *List, address string, f *walkFound) (news int, err error) {
	before := f.pages
	f.pages = 0
	for barren := 0; ; {
		p, err := c.page(ctx, l, address)
		if err != nil {
			return 0, err
		}
		fresh, unkept := f.take(p)
		if err := c.keep(of, p, unkept); err != nil {
			return 0, err
		}
		news += fresh
		if barren++; fresh > 0 {
			barren = 0
		}
		c.tell(of, fresh)
		if address = p.Next; address == "" {
			return news, nil
		}
		// A second walk brings nothing new for as long as the first was.
		if barren > maxBarren+before {
			return 0, &m365.Error{
				Message: fmt.Sprintf("%s: the service contradicts itself: %d answers in a row bring nothing new, and each says that more follow", of.title(), barren),
				Remedy:  "nothing can be said about completeness there: ask again later",
			}
		}
	}
}

// take counts the rows of a page that are new to the walks, and says whether one is not on the disk yet.
func (f *walkFound) take(p *m365.Page) (fresh int, unkept bool) {
	for _, row := range p.Rows {
		id := rowIDOf(row)
		if !f.rows[id] {
			f.rows[id] = true
			fresh++
		}
		if !f.kept[id] {
			f.kept[id] = true
			unkept = true
		}
	}
	if len(p.Rows) > 0 {
		f.pages++
	}
	f.asked = p.Received.UTC()
	return fresh, unkept
}

// begun are the rows of a stretch that a killed fetch left unfinished: they are on the disk, and not kept again.
func (c *collecting) begun(of whole, l *List) (map[rowID]bool, error) {
	var files []string
	c.each(func(e journalLine) {
		switch {
		case e.Coverage != nil && e.Coverage.List == of.List && e.Coverage.Mailbox == of.Mailbox:
			files = nil
		case e.Page != nil && e.Page.List == of.List && e.Page.Mailbox == of.Mailbox && e.Page.File != "":
			files = append(files, e.Page.File)
		}
	})
	kept := map[rowID]bool{}
	for _, name := range files {
		body, err := os.ReadFile(filepath.Join(c.evidence, name))
		if err != nil {
			return nil, err
		}
		page := struct{ Value []json.RawMessage }{[]json.RawMessage{body}}
		if !l.Single {
			if err := json.Unmarshal(body, &page); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		for _, row := range page.Value {
			kept[rowIDOf(row)] = true
		}
	}
	return kept, nil
}

// page asks for one page, or for an object that is one.
func (c *collecting) page(ctx context.Context, l *List, address string) (*m365.Page, error) {
	if !l.Single {
		return c.Client.Page(ctx, c.endpoint(l), address)
	}
	a, err := c.Client.Get(ctx, c.endpoint(l), address, func(body []byte) error {
		var object map[string]json.RawMessage
		return json.Unmarshal(body, &object)
	})
	if err != nil {
		return nil, err
	}
	return &m365.Page{Answer: a, Rows: []json.RawMessage{a.Body}}, nil
}

// title names a list in a sentence.
func (w whole) title() string {
	if w.Mailbox == "" {
		return w.List
	}
	return w.List + " of " + w.Mailbox
}

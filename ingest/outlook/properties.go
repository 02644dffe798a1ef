package outlook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"triage/ingest/record"
)

// customProperty is one custom property. at is where its value stands in the text, as it is; 0 if it was written in any other
// way than as a string without escapes.
type customProperty struct {
	name, value []byte
	at          int
}

// maxProperties bounds what one record may cost; real ones have about twenty.
const maxProperties = 4096

// readCell reads the CustomProperties of a CSV cell, or of a JSON value that is text, into d.set and d.values.
func (d *decoder) readCell(cell []byte) error {
	if end, ok := d.replay(cell); ok && end == len(cell) {
		return nil
	}
	err := d.parseProperties(cell)
	if err == nil {
		d.settle(0)
	}
	return err
}

// parseProperties reads a dictionary, a list of {Name, Value}, or nothing, into d.props.
func (d *decoder) parseProperties(cell []byte) error {
	d.props = d.props[:0]
	d.lit.text, d.lit.at, d.lit.depth = cell, 0, 0
	if d.lit.peek() == 0 {
		return nil
	}
	err := d.readProperties()
	if err == nil && d.lit.peek() != 0 {
		err = d.lit.fail(fmt.Sprintf("want the end, got %q", d.lit.peek()), d.lit.at)
	}
	if err != nil {
		return fmt.Errorf("custom properties: %w", err)
	}
	return nil
}

var errProperties = errors.New("more than " + strconv.Itoa(maxProperties) + " properties")

// readProperties reads them where the literal stands.
func (d *decoder) readProperties() error {
	l := &d.lit
	switch c := l.peek(); {
	case c == '{':
		return d.readDictionary()
	case c == '[':
		return d.readPairs()
	case l.quoteAt() >= 0:
		return l.fail("want a dictionary or a list, got a string", l.at)
	default:
		start := l.at
		word, err := l.word()
		if err == nil && len(word) > 0 {
			err = l.fail(fmt.Sprintf("want a dictionary or a list, got %q", record.Clip(word, 20)), start)
		}
		return err
	}
}

func (d *decoder) readDictionary() error {
	l := &d.lit
	l.at++
	for first := true; ; first = false {
		ok, err := l.more(first, '}')
		if err != nil || !ok {
			return err
		}
		name, err := l.string()
		if err != nil {
			return err
		}
		if err := l.expect(':'); err != nil {
			return err
		}
		value, err := l.value()
		if err != nil {
			return err
		}
		if len(d.props) == maxProperties {
			return errProperties
		}
		d.props = append(d.props, customProperty{name, value, l.plain})
	}
}

// readPairs reads a list of dictionaries with Name and Value, in either order.
func (d *decoder) readPairs() error {
	l := &d.lit
	l.at++
	for first := true; ; first = false {
		ok, err := l.more(first, ']')
		if err != nil || !ok {
			return err
		}
		start := l.at
		if err := l.expect('{'); err != nil {
			return err
		}
		var p customProperty
		named := false
		for one := true; ; one = false {
			ok, err := l.more(one, '}')
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			key, value, err := d.member()
			if err != nil {
				return err
			}
			switch string(key) {
			case "Name", "name":
				p.name, named = value, true
			case "Value", "value":
				p.value, p.at = value, l.plain
			}
		}
		switch {
		case !named:
			return l.fail("property without a Name", start)
		case len(d.props) == maxProperties:
			return errProperties
		}
		d.props = append(d.props, p)
	}
}

func (d *decoder) member() (key, value []byte, err error) {
	if key, err = d.lit.string(); err != nil {
		return nil, nil, err
	}
	if err = d.lit.expect(':'); err != nil {
		return nil, nil, err
	}
	value, err = d.lit.value()
	return key, value, err
}

// sortProperties brings the properties into the order of their names. Of a repeated name the last one counts, as in
// the dictionary that the retriever of 2018 made of them.
func (d *decoder) sortProperties() {
	props := d.props
	if len(props) > 32 {
		slices.SortStableFunc(props, func(x, y customProperty) int { return bytes.Compare(x.name, y.name) })
	} else {
		for i := 1; i < len(props); i++ {
			for j := i; j > 0 && bytes.Compare(props[j].name, props[j-1].name) < 0; j-- {
				props[j], props[j-1] = props[j-1], props[j]
			}
		}
	}
	n := 0
	for i := range props {
		if i+1 < len(props) && bytes.Equal(props[i].name, props[i+1].name) {
			continue
		}
		props[n] = props[i]
		n++
	}
	d.props = props[:n]
}

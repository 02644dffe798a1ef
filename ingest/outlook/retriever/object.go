package retriever

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// AppendObject appends the row of one activity as the service answers it, a JSON object; members that have no column
// are left out, as the retriever left them. Numbers keep the service's digits. A lone half of a surrogate pair, which
// Python kept, becomes U+FFFD.
func AppendObject(to, object []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return to, errors.Join(errors.New("not a JSON object"), err)
	}
	names := strings.Split(Header, ",")
	var cells [Columns]string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return to, err
		}
		column := -1
		for i, n := range names {
			if n == name {
				column = i
			}
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return to, fmt.Errorf("%v: %w", name, err)
		}
		if column < 0 {
			continue
		}
		cells[column], err = cell(raw, column == Columns-1)
		if err != nil {
			return to, fmt.Errorf("%v: %w", name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return to, err
	}
	return AppendRow(to, cells), nil
}

// cell is what Python's csv module writes for a value: nothing for None, text as it is, str() of everything else.
func cell(raw json.RawMessage, properties bool) (string, error) {
	switch raw[0] {
	case 'n':
		return "", nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case '[':
		if properties {
			return pairs(raw)
		}
	}
	return python(raw, 0)
}

// pairs is the dictionary that the retriever made of a list of names and values.
func pairs(raw json.RawMessage) (string, error) {
	var list []struct {
		Name  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", nil
	}
	values := make([]dictEntry, len(list))
	for i, p := range list {
		text, err := python(p.Value, 0)
		if err != nil {
			return "", err
		}
		values[i] = dictEntry{p.Name, text}
	}
	return dict(values), nil
}

// maxNesting bounds how deep a value may nest; the service's are flat.
const maxNesting = 32

// python is repr() of a JSON value.
func python(raw json.RawMessage, depth int) (string, error) {
	raw = bytes.TrimSpace(raw)
	if depth > maxNesting {
		return "", fmt.Errorf("nested more than %d deep", maxNesting)
	}
	if len(raw) == 0 {
		return "None", nil
	}
	switch raw[0] {
	case 'n':
		return "None", nil
	case 't':
		return "True", nil
	case 'f':
		return "False", nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return Repr(text), err
	case '[':
		return pythonList(raw, depth)
	case '{':
		return pythonObject(raw, depth)
	}
	return string(raw), nil
}

func pythonList(raw json.RawMessage, depth int) (string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", err
	}
	texts := make([]string, len(list))
	for i, one := range list {
		text, err := python(one, depth+1)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return "[" + strings.Join(texts, ", ") + "]", nil
}

func pythonObject(raw json.RawMessage, depth int) (string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return "", err
	}
	var values []dictEntry
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return "", err
		}
		var member json.RawMessage
		if err := d.Decode(&member); err != nil {
			return "", err
		}
		text, err := python(member, depth+1)
		if err != nil {
			return "", err
		}
		key, _ := name.(string) // a JSON object has no other keys
		values = append(values, dictEntry{key, text})
	}
	return dict(values), nil
}

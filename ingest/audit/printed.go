package audit

import (
	"bytes"

	"triage/ingest/record"
)

// printed reads a list of named values that a script or the shell has written as one text: @{Name=A; Value=B} @{Name=…} …,
// or A=B; C=D, or a line "A: B" for each. ok is false for what is none of these, or is cut.
func printed(line text) (list []property, ok bool) {
	line = bytes.TrimSpace(line)
	if inner, braced := bytes.CutPrefix(line, []byte("{@{")); braced && bytes.HasSuffix(inner, []byte("}}")) {
		line = line[1 : len(line)-1]
	}
	if bytes.HasPrefix(line, []byte("@{")) {
		return printedObjects(line)
	}
	sep := []byte(";")
	if bytes.IndexByte(line, '\n') >= 0 {
		sep = []byte("\n")
	}
	for part := range bytes.SplitSeq(line, sep) {
		part = bytes.TrimSpace(part)
		if len(part) == 0 {
			continue
		}
		at := bytes.IndexAny(part, "=:")
		name := bytes.TrimSpace(part[:max(at, 0)])
		switch {
		case at > 0 && isParameter(name):
			list = append(list, property{Name: bytes.Clone(name), Value: bytes.Trim(bytes.TrimSpace(part[at+1:]), `"'`)})
		case len(list) > 0 && sep[0] == ';': // words of one parameter are parted so too
			last := &list[len(list)-1]
			last.Value = append(append(bytes.Clone(last.Value), ';'), part...)
		default:
			return nil, false
		}
	}
	return list, len(list) > 0
}

// isParameter knows what may be the name of a parameter: letters and digits, from a letter on.
func isParameter(name []byte) bool {
	const longest = 60
	for i, c := range name {
		if !isLetter(c) && (i == 0 || c < '0' || c > '9') && (i == 0 || c != '_' && c != '.') {
			return false
		}
	}
	return len(name) > 0 && len(name) <= longest
}

// printedObjects reads @{Name=A; Value=B} one after the other.
func printedObjects(line text) (list []property, ok bool) {
	for len(line) > 0 {
		body, more := bytes.CutPrefix(line, []byte("@{"))
		end := endOfPrinted(body)
		if !more || end < 0 {
			return nil, false
		}
		var p property
		body, line = body[:end], bytes.TrimLeft(body[end+1:], " ,;\r\n\t")
		for len(body) > 0 {
			name, rest, _ := bytes.Cut(body, []byte("="))
			value, next := rest, []byte(nil)
			for _, key := range []string{"; Name=", "; Value=", "; OldValue=", "; NewValue="} { // a value holds semicolons too
				if at := bytes.Index(rest, []byte(key)); at >= 0 && at < len(value) {
					value, next = rest[:at], rest[at+len("; "):]
				}
			}
			if record.Flattened(value) {
				return nil, false
			}
			if to := propertyNames.Member(bytes.TrimSpace(name)); to != nil && to.Text != nil {
				*to.Text(&p) = bytes.Clone(value)
			}
			body = next
		}
		if len(p.Name) == 0 {
			return nil, false
		}
		list = append(list, p)
	}
	return list, len(list) > 0
}

// endOfPrinted is where an object ends: at the brace before the next object, or at the last one. -1 where it is cut.
func endOfPrinted(body text) int {
	for _, next := range []string{"} @{", "}, @{", "},@{", "};@{", "}; @{", "}\n@{", "}\r\n@{", "}@{"} {
		if at := bytes.Index(body, []byte(next)); at >= 0 {
			if first := bytes.Index(body, []byte("@{")); first > at {
				return at
			}
		}
	}
	if bytes.HasSuffix(body, []byte("}")) {
		return len(body) - 1
	}
	return -1
}

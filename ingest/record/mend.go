package record

import "bytes"

// Mended is what a reader says, with a count, of records that Mend made readable.
const Mended = "records with an escape or a control character that JSON does not know, read as the characters that stand there"

// Mend makes JSON of a record that another program wrote with escapes that JSON does not know, or with bare control
// characters in its strings: they stand for themselves. It says whether there was anything to mend; what else is wrong
// with the record stays wrong.
func Mend(raw []byte) (text []byte, changed bool) {
	const hex = "0123456789abcdef"
	var out []byte
	from, inside := 0, false // all before from is in out
	put := func(at, skip int, mended ...byte) {
		out = append(append(out, raw[from:at]...), mended...)
		from, changed = at+skip, true
	}
	for at := 0; at < len(raw); at++ {
		switch ch := raw[at]; {
		case ch == '"':
			inside = !inside
		case !inside:
		case ch < 0x20:
			put(at, 1, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&15])
		case ch == '\\' && at+1 < len(raw):
			if !knownEscape(raw[at+1:]) {
				put(at, 1, '\\', '\\')
				continue // what follows is a character like any other
			}
			at++
		}
	}
	if !changed {
		return raw, false
	}
	return append(out, raw[from:]...), true
}

// knownEscape says whether what follows a backslash is an escape of JSON.
func knownEscape(rest []byte) bool {
	if rest[0] != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0
	}
	if len(rest) < 5 {
		return false
	}
	for _, ch := range rest[1:5] {
		if !('0' <= ch && ch <= '9' || 'a' <= ch|0x20 && ch|0x20 <= 'f') {
			return false
		}
	}
	return true
}

package record

import "bytes"

// Client tells the addresses apart that one record names under several names, in order of trust: the first that is there,
// and those that say another one. A port, brackets or quotes make no other address. Which of them is the client's is
// settled when it is known whose they are.
func Client(named ...Text) (first Text, others [][]byte) {
	for _, next := range named {
		switch {
		case len(next) == 0 || bytes.Equal(next, first):
		case len(first) == 0:
			first = next
		default:
			if !knownAddress(bareAddress(next), first, others) {
				others = append(others, next)
			}
		}
	}
	return first, others
}

func knownAddress(bare, first []byte, others [][]byte) bool {
	if len(bare) == 0 || bytes.EqualFold(bare, bareAddress(first)) {
		return true
	}
	for _, known := range others {
		if bytes.EqualFold(bare, bareAddress(known)) {
			return true
		}
	}
	return false
}

// bareAddress is an address without what programs write around it; nothing where the text says that there is none.
func bareAddress(value []byte) []byte {
	value = bytes.Trim(value, " \t\r\n\"'")
	if open, end := bytes.IndexByte(value, '['), bytes.IndexByte(value, ']'); open == 0 && end > 0 {
		value = value[1:end]
	} else if bytes.Count(value, []byte(":")) == 1 {
		value = value[:bytes.IndexByte(value, ':')]
	}
	value = bytes.Trim(value, "\"'")
	const mapped = "::ffff:"
	if len(value) > len(mapped) && bytes.EqualFold(value[:len(mapped)], []byte(mapped)) {
		value = value[len(mapped):]
	}
	if len(value) <= len("localhost") {
		switch string(bytes.ToLower(value)) {
		case "<null>", "null", "-", "unknown", "localhost", "none", "n/a":
			return nil
		}
	}
	return value
}

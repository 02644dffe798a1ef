package flatten

import (
	"bytes"
	"strings"
)

// isList knows the lists of the service's records. A name that begins with one of them and goes on with a place is a
// flattened one however its parts are held together.
func isList(name string) bool {
	switch name {
	case "parameters", "extendedproperties", "operationproperties", "modifiedproperties", "deviceproperties",
		"folders", "folderitems", "affecteditems", "actor", "target", "targetresources", "additionaldetails",
		"customproperties", "alertentitys", "alertevidence", "authenticationdetails", "appliedconditionalaccesspolicies",
		"authenticationprocessingdetails", "networklocationdetails", "exchangemetadata", "members", "attachments",
		"nonpropertyattributes", "resources", "messageids", "params":
		return true
	}
	return false
}

// maxAnchored is the length of the longest name that is taken apart so.
const maxAnchored = 200

// nameWord is a run of letters, or of digits, of a name.
type nameWord struct {
	text   string
	from   int
	digits bool
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// wordsOf are the runs of letters and of digits. A run of letters keeps digits inside it that belong to it (SHA256), unless
// it is a list's name.
func wordsOf(name string) []nameWord {
	var all []nameWord
	for i := 0; i < len(name); {
		from := i
		switch {
		case isDigit(name[i]):
			for i < len(name) && isDigit(name[i]) {
				i++
			}
			all = append(all, nameWord{name[from:i], from, true})
		case isWord(name[i]):
			for i < len(name) && isWord(name[i]) && !isDigit(name[i]) {
				i++
			}
			if !isList(strings.ToLower(name[from:i])) {
				for i < len(name) && (isWord(name[i]) || isDigit(name[i])) {
					i++
				}
			}
			all = append(all, nameWord{name[from:i], from, false})
		default:
			i++
		}
	}
	return all
}

func isWord(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '@' || c >= 0x80 }

// anchored takes a name apart at a list that the service's records have, whatever parts it: Parameters>0>Name,
// Parameters['0']['Name'], Parameters0Name, Parameters->0->Name, Parameters_Name_0. Nothing for a name without one.
func (st *style) anchored(name string) []step {
	if len(name) > maxAnchored {
		return nil
	}
	all := wordsOf(name)
	list := -1
	for i, w := range all {
		if !w.digits && isList(strings.ToLower(w.text)) {
			list = i
			break
		}
	}
	if list >= 0 && len(all[list].text) <= len("target") && list+1 < len(all) && all[list+1].from == all[list].from+len(all[list].text) {
		return nil // Target1ModifiedProperty1Name is a column of the portal's
	}
	if list < 0 || strings.Contains(name, "{}") {
		return nil
	}
	rest := all[list+1:]
	switch {
	case len(rest) > 0 && rest[0].digits && len(rest[0].text) <= maxDigits:
	case len(rest) == 2 && rest[1].digits && len(rest[1].text) <= maxDigits && isPart(rest[0].text):
		rest = []nameWord{rest[1], rest[0]} // the place stands last
	default:
		return nil
	}
	var steps []step
	if before := name[:all[list].from]; before != "" {
		if steps = st.parts(nil, strings.TrimLeft(strings.TrimRight(before, "./:|_-> '\"[]{}()#"), "/'\"["), false, false); len(steps) == 0 && list > 0 {
			return nil
		}
	}
	steps = append(steps, step{all[list].text, -1})
	for _, w := range rest {
		switch {
		case !w.digits:
			steps = append(steps, step{w.text, -1})
		case len(w.text) > maxDigits:
			return nil
		default:
			steps = append(steps, step{"", placeOf(w.text)})
		}
	}
	if len(steps) < 2 || len(steps) > maxSteps {
		return nil
	}
	return steps
}

// isPart knows what the entries of lists of named values have.
func isPart(name string) bool {
	switch strings.ToLower(name) {
	case "name", "value", "oldvalue", "newvalue", "id", "type", "key", "displayname":
		return true
	}
	return false
}

func placeOf(digits string) int {
	n := 0
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// clean says whether a name was taken apart wholly: no part of it holds what parts names, and no place stands behind the name
// of a part.
func clean(steps []step) bool {
	for i, s := range steps {
		if strings.ContainsAny(s.name, "[](){}<>#|:/'\" ") || i == 2 && s.listed() && isPart(steps[1].name) {
			return false
		}
		if list, _, ok := strings.Cut(s.name, "_"); ok && isList(strings.ToLower(list)) {
			return false
		}
		if n := len(s.name); n > 0 && isDigit(s.name[n-1]) && isList(strings.ToLower(strings.TrimRight(s.name, "0123456789"))) {
			return false
		}
	}
	return len(steps) > 0
}

// hasAnchored says whether a member of a sample's objects has a name that only its list's name tells to be flattened.
func hasAnchored(sample []byte) bool {
	const most = 64 // names looked at
	for _, list := range [...]string{"arameters", "roperties", "ffectedItems", "argetResources", "dditionalDetails", "olders", "uthenticationDetails"} {
		rest := sample
		for range most {
			at := bytes.Index(rest, []byte(list))
			if at < 0 {
				break
			}
			rest = rest[at+len(list):]
			if name, _, ok := bytes.Cut(rest[:min(len(rest), maxAnchored)], []byte(`"`)); ok && len(name) > 0 && placeSoon(name) &&
				bytes.HasPrefix(bytes.TrimLeft(rest[len(name)+1:], " \t"), []byte(":")) {
				return true
			}
		}
	}
	return false
}

// placeSoon says whether a place stands at the beginning, behind no more than what parts it from a list's name, or at the end.
func placeSoon(rest []byte) bool {
	if bytes.ContainsAny(rest, `\,`) {
		return false
	}
	const most = 4
	for i, c := range rest {
		if isDigit(c) {
			return true
		}
		if i == most || isWord(c) {
			break
		}
	}
	return isDigit(rest[len(rest)-1])
}

package context

import "fmt"

// Why are the signs of a presence, by its number, with what each weighs. It is empty where strangeness is not known.
func (m *Measure) Why(number uint32) []string {
	one := m.measured[number]
	if one.signs&signUnknown != 0 {
		return nil
	}
	_, p := m.table.At(number)
	var why []string
	say := func(s sign, tenths int, text string) {
		if one.signs&s != 0 {
			why = append(why, fmt.Sprintf("%s %+g", text, float64(tenths)/10))
		}
	}
	line := &m.table.Lines[p.Line]
	say(signNetwork, networkNew, fmt.Sprintf("network AS%d is new to this account", line.ASN))
	say(signLine, lineNew, "line "+line.String()+" is new")
	say(signCountry, countryNew, "country "+line.Country+" is new")
	say(signRented, rentedHere, "the address is of class "+line.Class.String())
	say(signProgram, programNew, "program "+m.table.Programs[p.Program].String()+" is new")
	say(signNoDevice, deviceNone, "no device is shown, which this person's logons mostly do")
	say(signSession, sessionOwn, "the session was never at a usual place")
	say(signProof, proofWeak, "one factor, where this person mostly shows several")
	say(signDevice, deviceKnown, "the device is known from a usual place")
	say(signMoved, deviceKnown, "the session moved here from a usual place")
	say(signEgress, egressHere, "several accounts of the tenant come from here")
	say(signDesk, deskBusy, "the owner was at a usual place within 12 hours before and after")
	if p.Line == 0 {
		why = append(why, "the log does not say from where; this is the strangest of the places that it may be of")
	}
	say(signCompanion, companion, "a device or session of the owner's is in this country on the same days")
	say(signBrought, programOwn, "the log shows neither devices nor sessions that move, and the owner's mail program was here on the same days")
	say(signTravel, mayTravel, "the log shows neither devices nor sessions that move, and the owner was at no usual place meanwhile")
	return why
}

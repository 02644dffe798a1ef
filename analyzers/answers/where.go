package answers

import (
	"slices"

	"triage/analyzers/attribution"
	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// firstAndLastSeen answers when each intruder was first and last seen, and whether he is still in.
func firstAndLastSeen(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no first or last act is known"), "retention-edge", "source-short", "silent-days", "workload-stops")
		return
	}
	a.Sure = Proven
	var firsts, lasts []string
	still := "no"
	for i := range s.deeds {
		d := &s.deeds[i]
		firsts, lasts = append(firsts, factTime(d.who.First)), append(lasts, factTime(d.who.Last))
		acts := acts(s, d)
		if len(acts) > 0 {
			a.cite(acts[0], acts[len(acts)-1])
		}
		if i < maxNamed {
			a.say("{1} was active from {2} to {3} UTC ({4}, {5}).", nameOfIntruder(s, i), inSentence(d.who.First), inSentence(d.who.Last),
				lengthOfTime(d.who.First, d.who.Last), phrase.Count(len(acts), "{n} act|{n} acts"))
		}
		switch in := stillIn(s, d); {
		case in == "yes" || still == "yes":
			still = "yes"
		case in == "not known":
			still = in
		}
	}
	if n := len(s.deeds) - maxNamed; n > 0 {
		a.say("{1} more are in the list of intruders.", phrase.Number(n))
	}
	switch still {
	case "yes":
		a.say("He acted after the last reset or revocation that the log shows: presume that he is still in.")
	case "no":
		a.say("After the last reset or revocation that the log shows, no act of his is seen.")
	default:
		a.say("Whether he is still in is not known: the log does not show every account reset or revoked.")
	}
	a.fact("first", firsts...)
	a.fact("last", lasts...)
	a.fact("still_in", still)
	if early := beginsWith(s); len(early) > 0 {
		a.unknown("the data of {1} begin on the day of the first act: he may have come before", someNames(early))
	}
	s.lacks(a, "retention-edge", "source-short", "silent-days", "workload-stops")
}

// acts are an intruder's acts that succeeded, ascending.
func acts(s *inquiry, d *deeds) []uint32 {
	var out []uint32
	for _, row := range d.who.Rows {
		if a := s.at(row); a.Result != activity.Failure && a.Flags&activity.Undated == 0 {
			out = append(out, row)
		}
	}
	return out
}

// stillIn says whether an intruder acted after what was done against him: yes, no, or not known.
func stillIn(s *inquiry, d *deeds) string {
	cut := map[activity.Symbol]int64{}
	for _, one := range d.remedies {
		if one.cuts {
			cut[one.account] = max(cut[one.account], s.at(one.row).Time)
		}
	}
	switch {
	case len(later(s, d, cut)) > 0:
		return "yes"
	case len(cut) < len(d.since):
		return "not known"
	}
	return "no"
}

// beginsWith are the taken accounts whose data begin on the day of the intruder's first act there.
func beginsWith(s *inquiry) []string {
	type came struct {
		account activity.Symbol
		day     int64
	}
	days := map[came]bool{}
	for k := range s.deeds {
		for account, since := range s.deeds[k].since {
			days[came{account, activity.Day(since)}] = true
		}
	}
	var list []string
	for i := range s.Mailboxes {
		if box := &s.Mailboxes[i]; days[came{box.Symbol, activity.Day(box.First)}] {
			list = append(list, box.Name)
		}
	}
	return list
}

// where answers from where the intruders came, and what of it is the owner's, too.
func where(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no address, network or client is known to be his"), "no-sign-ins", "addresses-unreadable")
		return
	}
	var addresses, countries, networks, agents []string
	var parts []phrase.Text
	his, told := map[activity.Symbol]bool{}, map[string]bool{}
	for i := range s.deeds {
		d := &s.deeds[i]
		for _, ip := range d.who.Addresses {
			his[ip] = true
			address := or(s.Places.Field(ip, activity.FieldIP), s.text(ip))
			if told[address] {
				continue
			}
			told[address] = true
			addresses, parts = append(addresses, address), append(parts, s.place(ip))
			countries = append(countries, s.Places.Field(ip, activity.FieldCountry))
			if asn := s.Places.Field(ip, activity.FieldASN); asn != "" {
				networks = append(networks, "AS"+asn)
			}
		}
		for _, agent := range d.who.Agents {
			agents = append(agents, s.text(agent))
		}
		a.cite(firstFrom(s, d)...)
	}
	shared, rows := s.shared(his)
	a.cite(rows...)
	countries = slices.DeleteFunc(eachOnce(countries), func(c string) bool { return c == "" })
	agents = eachOnce(agents)
	a.fact("addresses", addresses...)
	a.fact("countries", countries...)
	a.fact("networks", eachOnce(networks)...)
	a.fact("agents", agents...)
	a.fact("shared", shared...)
	if len(addresses) == 0 {
		a.say("The acts of the intruder carry no address that can be read.")
		s.lacks(a, "no-sign-ins", "addresses-unreadable")
		return
	}
	a.Sure = Proven
	if len(agents) > 0 {
		a.say("From {1}, with {2}.", phrases(parts), quotes(agents))
	} else {
		a.say("From {1}.", phrases(parts))
	}
	if len(shared) > 0 {
		a.say("The owner uses {1}, too: do not block it.", someNames(shared))
	} else {
		a.say("No act that is attributed to an owner comes from there.")
	}
	s.lacks(a, "no-sign-ins", "addresses-unreadable")
}

// firstFrom are an intruder's first acts from each of his addresses.
func firstFrom(s *inquiry, d *deeds) []uint32 {
	var out []uint32
	have := map[activity.Symbol]bool{}
	for _, row := range d.who.Rows {
		if ip := s.at(row).IP; ip != 0 && !have[ip] {
			have[ip] = true
			if out = append(out, row); len(out) == maxNamed {
				break
			}
		}
	}
	return out
}

// shared are those addresses that owners use, too, with the first row of each.
func (s *inquiry) shared(his map[activity.Symbol]bool) (list []string, rows []uint32) {
	if len(his) == 0 {
		return nil, nil
	}
	have := map[activity.Symbol]bool{}
	for i := range s.Case.Activities {
		a := s.at(uint32(i))
		if a.IP == 0 || !his[a.IP] || have[a.IP] || a.Result == activity.Failure {
			continue
		}
		if who, _ := s.By.Who(uint32(i)); who == attribution.Owner {
			have[a.IP] = true
			list, rows = append(list, or(s.Places.Field(a.IP, activity.FieldIP), s.text(a.IP))), append(rows, uint32(i))
		}
	}
	return list, rows
}

package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/answers"
	"triage/analyzers/attribution"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// What one report may hold of intruders.
const (
	maxIntruders    = 200
	maxIntruderList = 500 // accounts, addresses, sessions, agents, applications, reasons of one
	maxReasonRows   = 5
)

// eachIntruder yields those that were in an account which the filter lets through.
func eachIntruder(p *tenantPart, yield func(i int, x *attribution.Intruder)) {
	a := p.Result.Attribution
	if a == nil {
		return
	}
	n := 0
	for i := range a.Intruders {
		x := &a.Intruders[i]
		let := len(p.Filter.Mailboxes) == 0 || slices.ContainsFunc(x.Accounts, func(s activity.Symbol) bool { return p.Filter.mailbox(p.c.Text(s)) })
		if n < maxIntruders && let && p.Filter.span(x.First, x.Last) {
			n++
			yield(i, x)
		}
	}
}

// intruders are who was in accounts, A first, and how many more there are.
func intruders(p *tenantPart) (list []report.Intruder, more int) {
	list = []report.Intruder{}
	eachIntruder(p, func(i int, x *attribution.Intruder) { list = append(list, intruder(p, i, x)) })
	if a := p.Result.Attribution; a != nil && len(list) == maxIntruders {
		more = len(a.Intruders) - maxIntruders
	}
	return list, more
}

func intruder(p *tenantPart, i int, x *attribution.Intruder) report.Intruder {
	out := report.Intruder{
		Intruder: x.Name, First: report.Time(x.First), Last: report.Time(x.Last), StillActive: stillActive(p, i), Activities: len(x.Rows),
		Methods: cleanAll(x.Methods),
	}
	out.Accounts, out.AccountsMore = p.texts(x.Accounts, maxIntruderList)
	out.Sessions, out.SessionsMore = p.texts(x.Sessions, maxIntruderList)
	out.Agents, out.AgentsMore = p.texts(x.Agents, maxIntruderList)
	out.Apps, out.AppsMore = p.texts(x.Apps, maxIntruderList)
	out.Addresses, out.AddressesMore = intruderAddresses(p, x)
	out.Reasons, out.ReasonsMore = p.reasons(x.Reasons, maxIntruderList)
	out.Victims, out.VictimsMore = victims(p, i)
	return out
}

// stillActive says whether an intruder acted after what was done against him.
func stillActive(p *tenantPart, intruder int) string {
	if intruder >= len(p.Result.StillIn) {
		return "not known"
	}
	return p.Result.StillIn[intruder]
}

// texts are the texts of symbols, at most so many, and how many more there are.
func (p *tenantPart) texts(list []activity.Symbol, most int) (out []string, more int) {
	out = make([]string, 0, min(len(list), most))
	for _, s := range list[:min(len(list), most)] {
		out = append(out, report.Clean(p.c.Text(s)))
	}
	return out, len(list) - len(out)
}

func intruderAddresses(p *tenantPart, x *attribution.Intruder) (list []report.IntruderAddress, more int) {
	list = []report.IntruderAddress{}
	at, known := map[activity.Symbol]int{}, map[string]int{}
	for _, ip := range x.Addresses {
		name := cmp.Or(p.place(ip, activity.FieldIP), report.Clean(p.c.Text(ip))) // with a port and without it is one address
		if i, again := known[name]; again {
			at[ip] = i
			continue
		}
		if len(list) == maxIntruderList {
			more++
			continue
		}
		at[ip], known[name] = len(list), len(list)
		place := func(f activity.Field) report.Text { return report.Text(p.place(ip, f)) }
		list = append(list, report.IntruderAddress{
			IP: name, Country: place(activity.FieldCountry), ASN: asnOf(p.place(ip, activity.FieldASN)), Org: place(activity.FieldOrg),
			Class: place(activity.FieldIPClass),
		})
	}
	for _, row := range x.Rows {
		a := &p.c.Activities[row]
		i, his := at[a.IP]
		if !his {
			continue
		}
		list[i].Activities++
		if a.Flags&activity.Undated != 0 {
			continue
		}
		if list[i].First == 0 {
			list[i].First = report.Time(a.Time)
		}
		list[i].Last = report.Time(a.Time)
	}
	return list, more
}

// reasons are why something is somebody's, at most so many, and how many more there are.
func (p *tenantPart) reasons(in []attribution.Reason, most int) (list []report.Reason, more int) {
	list = make([]report.Reason, 0, min(len(in), most))
	for i := range in[:min(len(in), most)] {
		r := &in[i]
		rows := r.Rows[:min(len(r.Rows), maxReasonRows)]
		list = append(list, report.Reason{
			Account: report.Text(report.Clean(p.c.Text(r.Account))), Text: report.Clean(r.Text), Findings: p.names(r.Findings), Evidence: p.citations(rows),
			More: len(r.Rows) - len(rows),
		})
	}
	return list, len(in) - len(list)
}

// reasonRows yields the rows that reasons cite.
func reasonRows(in []attribution.Reason, most int, yield func(row uint32)) {
	for i := range in[:min(len(in), most)] {
		for _, row := range in[i].Rows[:min(len(in[i].Rows), maxReasonRows)] {
			yield(row)
		}
	}
}

// attributionRows yields the rows that intruders and presences cite.
func attributionRows(p *tenantPart, yield func(row uint32)) {
	eachIntruder(p, func(i int, x *attribution.Intruder) {
		reasonRows(x.Reasons, maxIntruderList, yield)
		all := victimsOf(p, i)
		for k := range all[:min(len(all), maxIntruderList)] {
			for _, row := range all[k].Rows {
				yield(row)
			}
		}
	})
	for _, one := range p.presences().list {
		reasonRows(one.why, maxPresenceReasons, yield)
	}
}

// victims are who acted on what an intruder sent, and how many more there are.
func victims(p *tenantPart, intruder int) (list []report.Victim, more int) {
	list = []report.Victim{}
	all := victimsOf(p, intruder)
	for i := range all[:min(len(all), maxIntruderList)] {
		v := &all[i]
		list = append(list, report.Victim{
			Account: report.Clean(p.c.Text(v.Account)), Did: v.Did, Subject: report.Text(report.Clean(v.Subject)), Sent: report.Time(v.Sent), Time: report.Time(v.At),
			Evidence: p.citations(v.Rows),
		})
	}
	return list, len(all) - len(list)
}

func victimsOf(p *tenantPart, intruder int) []answers.Victim {
	if intruder >= len(p.Result.Victims) {
		return nil
	}
	return p.Result.Victims[intruder]
}

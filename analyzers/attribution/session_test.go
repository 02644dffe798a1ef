package attribution_test

import (
	"fmt"
	"testing"
	"time"
)

// acts are some acts of somebody from some lines in turn, a few minutes apart.
func acts(at time.Time, who, session, agent string, ips ...string) (list []visit) {
	for i, ip := range ips {
		list = append(list, visit{at.Add(time.Duration(i) * 4 * time.Minute), who, ip, session, agent, "MailItemsAccessed"})
	}
	return list
}

// Lines of people, as residential proxies lend them, of several providers of the country that the office is in.
func lent() []string {
	return []string{"86.83.123.7", "217.105.118.7", "84.28.160.7", "77.168.185.7", "213.127.4.7", "62.45.24.7", "77.248.158.7", "84.24.194.7"}
}

// Promise: a session that begins at a rented machine abroad and goes on over homes of the owner's country is an intruder's
// all the way, though it has the owner's kind of browser.
func TestProxies(t *testing.T) {
	at := start.AddDate(0, 0, 15).Add(90 * time.Minute)
	his := append([]string{server, server, server}, lent()...)
	all := append(office(7), acts(at, "p3@contoso.com", "s-evil", home, his...)...)
	_, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.session == "s-evil" }); got != "attacker A" {
		t.Errorf("his rows: %s", got)
	}
	if got := of(said, all, func(v *visit) bool { return v.session != "s-evil" }); got != "owner" {
		t.Errorf("the others': %s", got)
	}
}

// Promise: a session that is at homes of several providers within an hour, none of which is the owner's, is an intruder's
// by itself; near misses: the owner's own session, which also is at his home; a few lines of one provider, as
// phones have; one line an hour.
func TestRoving(t *testing.T) {
	at := start.AddDate(0, 0, 15).Add(90 * time.Minute)
	f := func(name, session string, want string, ips ...string) {
		t.Helper()
		his := acts(at, "p3@contoso.com", session, foreign, ips...)
		if name == "slowly" {
			for i := range his {
				his[i].at = at.Add(time.Duration(i) * 50 * time.Minute)
			}
		}
		all := append(office(7), his...)
		_, said := run(t, 2, nil, lines(all))
		if got := of(said, all, func(v *visit) bool { return v.agent == foreign }); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	f("proxies", "s-evil", "attacker A", lent()...)
	f("the owner's session", "s-3", "owner, undecided", lent()...)
	var one []string
	for i := range 8 {
		one = append(one, fmt.Sprintf("86.83.%d.7", 10+i))
	}
	f("some of one provider", "s-evil", "undecided", one[:5]...)
	f("many of one provider", "s-evil", "attacker A", one...)
	f("slowly", "s-evil", "undecided", lent()...)
}

// Promise: whoever is there from the first day from a rented machine, as if it were usual, is an intruder where he makes a rule
// that hides what is about money.
func TestFromTheFirstDay(t *testing.T) {
	all := office(7)
	for day := range 20 {
		at := start.AddDate(0, 0, day).Add(70 * time.Minute)
		all = append(all, acts(at, "p3@contoso.com", "s-3", home, server, server)...)
		if day == 9 {
			all = append(all, visit{at.Add(time.Minute), "p3@contoso.com", server, "s-3", home, "New-InboxRule"})
		}
	}
	_, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.ip == server }); got != "attacker A" {
		t.Errorf("his rows: %s", got)
	}
	if got := of(said, all, func(v *visit) bool { return v.ip != server }); got != "owner" {
		t.Errorf("the others': %s", got)
	}
}

// Promise: who travels, with a computer that he never had before, and is back after some days, is no intruder.
func TestTraveller(t *testing.T) {
	var all []visit
	for _, v := range office(7) {
		if v.who == "p3@contoso.com" && v.at.After(start.AddDate(0, 0, 12)) && v.at.Before(start.AddDate(0, 0, 16)) {
			v.ip, v.session, v.agent = "83.32.10.20", "s-trip", foreign
		}
		all = append(all, v)
	}
	res, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.session != "s-trip" }); got != "owner" || len(res.Attribution.Intruders) > 0 {
		t.Errorf("%s, %d intruders", got, len(res.Attribution.Intruders))
	}
}

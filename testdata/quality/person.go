package main

import (
	"fmt"
	"strings"
)

// Lines, by name. Each person has one at home, and all have the office.
const (
	office   = "46.144.22.5"
	rented   = "185.107.56.77" // a rented machine in the home country
	microsft = "20.190.160.9"
)

func linesByName() map[string]string {
	return map[string]string{
		"office": office, "rented": rented, "rented2": "37.97.200.31", "rented3": "145.131.3.14", "abroad": "105.112.4.9",
		"abroad2": "102.89.10.55", "spain": "83.32.10.7", "mobile": "178.225.10.4", "vpn": "185.65.134.20", "romania": "37.120.140.14",
	}
}

// tenantMember is one of the tenant.
type tenantMember struct {
	name, address, puid, object, device, home, session, agent string
}

// tenantNames are the people of the tenant; adm is its administrator.
func tenantNames() []string {
	return []string{"ann", "bob", "cid", "dan", "eve", "flo", "gus", "hal", "ida", "jan", "kim", "leo", "adm"}
}

const tenantID = "0c0ffee0-1111-4000-8000-0000000000aa"

// personOf is who an address or a name is; anybody else is of outside, or does not exist.
func personOf(name string) tenantMember {
	for i, n := range tenantNames() {
		if name == n || name == n+"@contoso.com" {
			return tenantMember{
				name: n, address: n + "@contoso.com", puid: fmt.Sprintf("10032000AA%06X", i+1), object: fmt.Sprintf("0b1ec700-0000-4000-8000-%012d", i+1),
				device: fmt.Sprintf("de71ce00-0000-4000-8000-%012d", i+1), home: fmt.Sprintf("77.166.90.%d", 20+i),
				session: fmt.Sprintf("5e551000-0000-4000-8000-%012d", i+1), agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36 Edg/145.0.0.0",
			}
		}
	}
	address := name
	if !strings.Contains(address, "@") {
		address += "@contoso.com"
	}
	return tenantMember{name: name, address: address, object: "0b1ec700-ffff-4000-8000-" + hash12(address)}
}

// where somebody is: his line, and what he has with him there.
type where struct {
	ip, agent, session, device string
	managed                    bool
}

// at is where a line of this name puts a person: at home and in the office he has his computer with him.
func (p tenantMember) at(line string) where {
	switch line {
	case "home":
		return where{p.home, p.agent, p.session, p.device, true}
	case "office":
		return where{office, p.agent, p.session, p.device, true}
	}
	ip, ok := linesByName()[line]
	if !ok {
		ip = line
	}
	return where{ip: ip, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", session: "5e551000-eeee-4000-8000-" + hash12(p.name+ip)}
}

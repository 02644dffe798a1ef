package ordinary

// absence is a time in which somebody does not work.
type absence struct {
	day, days int
	where     *[2]internetLine // another country's lines; nil: at home
}

func (s *absence) on(day int) bool { return s.days > 0 && day >= s.day && day < s.day+s.days }

// untidyOf are what some people's lives have beside a home, an office and journeys. A shipped case is kept small.
func untidyOf(p *person, w *world) {
	if w.opts.Case {
		return
	}
	if w.chance(0.04) { // no cable to the house
		p.home = internetLine{block: p.mobile.block, last: w.between(1, 250), country: p.home.country, cells: true}
	}
	if w.chance(0.12) {
		p.holiday = absence{day: w.random.IntN(w.opts.Days), days: w.between(6, 16)}
		if w.chance(0.6) {
			there := pick(w, trips())
			p.holiday.where = &there
		}
	}
	if w.chance(0.04) && p.computer.managed {
		c := pick(w, cloudComputers())
		c.last = w.between(2, 250)
		p.cloud = &c
	}
	if w.chance(0.06) && p.computer.client == "Client=MSExchangeRPC" {
		p.newOutlook = w.random.IntN(w.opts.Days)
	}
	if p.trip != nil && w.chance(0.2) {
		card := pick(w, phonesElsewhere())
		p.trip.esim = &card
	}
	if p.trip != nil {
		p.trip.flight = w.chance(0.2)
	}
}

// meets is what people of the tenant have in common: two who live in one house, and a meeting of some days in one hotel.
func (w *world) meets() {
	if w.opts.Case || len(w.people) < 20 {
		return
	}
	for range max(1, len(w.people)/40) {
		a, b := pick(w, w.people), pick(w, w.people)
		b.home, b.movesHome, a.movesHome = a.home, -1, -1
	}
	if !w.chance(0.5) {
		return
	}
	hotel, day, days := pick(w, trips()), w.between(2, w.opts.Days-3), w.between(2, 3)
	hotel[0].last = w.between(2, 250)
	for range max(3, len(w.people)/12) {
		if p := pick(w, w.people); p.trip == nil && !p.holiday.on(day) {
			p.trip = &trip{day: day, days: days, where: hotel, roams: w.chance(0.4), borrowed: -1}
		}
	}
}

// rests is a day of a holiday: the phone, now and then.
func rests(p *person, w *world, day int) {
	if w.chance(0.35) {
		w.reads(p.onPhone(w, day, 8+12*w.random.Float64()), p.phone.client, w.between(1, 3))
	}
}

// flies is mail read on the way there or back, by the aeroplane's network.
func flies(p *person, w *world, day int) {
	t := p.trip
	if t == nil || !t.flight || day != t.day && day != t.day+t.days-1 {
		return
	}
	a := p.onComputer(w, day, p.starts+10.5, aeroplane())
	for range w.between(1, 4) {
		p.works(w, a)
		a.at = w.later(a.at, 120, 900)
	}
}

// turnsOnOutlook is the program that Microsoft puts in the place of Outlook for Windows: to the service it is a browser.
func turnsOnOutlook(p *person) {
	p.computer.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0 OneOutlook/1.2025.610.100"
	p.computer.client, p.computer.session = owa(p.computer.agent), ""
}

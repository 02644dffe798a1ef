module triage/geo/gen

go 1.26.0

require (
	github.com/maxmind/mmdbwriter v1.2.0
	github.com/oschwald/maxminddb-golang/v2 v2.9.0
	golang.org/x/text v0.43.0
	gopkg.in/yaml.v3 v3.0.1
	triage v0.0.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/oschwald/geoip2-golang/v2 v2.5.0 // indirect
	go4.org/netipx v0.0.0-20231129151722-fdeea329fbba // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace triage => ../..

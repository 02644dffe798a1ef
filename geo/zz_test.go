package geo
import ("testing";"time")
func TestZZ(t *testing.T){ for _,d:=range []string{countryData,asnData}{ raw,_:=unzip(d); s:=time.Now(); err:=verify(raw); t.Log(time.Since(s),len(raw),err)}}

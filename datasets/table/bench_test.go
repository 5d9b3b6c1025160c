package table_test

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

// numeric is a table of ten columns of numbers, 32 MB as CSV.
func numeric() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("a,b,c,d,e,f,g,h,i,j\n")
	for b.Len() < 32<<20 {
		for k := range 10 {
			if k > 0 {
				b.WriteByte(',')
			}
			b.Write(strconv.AppendFloat(b.AvailableBuffer(), r.NormFloat64()*1000, 'f', k%6, 64))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func BenchmarkParseNumbers(b *testing.B) {
	data := numeric()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, _, err := table.Parse(data, table.ReadConfig{}); err != nil {
			b.Fatal(err)
		}
	}
}

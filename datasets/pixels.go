package datasets

import "hash/crc32"

// pixels is one split of a set of labelled images, as it is kept in memory.
// It is not changed once made, and nothing hands out its slices.
type pixels struct {
	height, width, channels int

	labels []uint8 // n
	values []uint8 // n × height × width × channels
}

func (p *pixels) len() int { return len(p.labels) }

// each is the number of values of one image.
func (p *pixels) each() int { return p.height * p.width * p.channels }

func (p *pixels) image(i int) []uint8 {
	n := p.each()
	return p.values[i*n : (i+1)*n : (i+1)*n]
}

// sum is a checksum over labels and values. CRC-32C is computed in hardware,
// at several gigabytes a second, and finds damage; it is no defence against
// forgery, which a local cache does not need.
func (p *pixels) sum() uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(p.labels, table), table, p.values)
}

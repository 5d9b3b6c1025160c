package datasets

import (
	"bytes"
	"fmt"
	"strings"
)

// The sets that are tables. Package datasets/table makes frames of them.

func titanicSpec() Spec {
	return Spec{
		Name:  "titanic",
		Title: "Titanic",
		Files: []File{{
			Name: "titanic.csv", Size: 57726,
			SHA256: "04e495fcfcf0d1159f4c0a1727bfd3a06370632ae7def0a9407eefdd9ea387eb",
			Also:   []string{"titanic-raw.csv"},
		}},
		Folders: []string{"tables"},
		Mirrors: []string{
			"https://raw.githubusercontent.com/mwaskom/seaborn-data/master/raw",
			"https://cdn.jsdelivr.net/gh/mwaskom/seaborn-data@master/raw",
		},
		Terms: "no formal licence; collected by the project seaborn-data",
	}
}

func adultSpec() Spec {
	return Spec{
		Name:  "adult",
		Title: "Adult",
		Files: []File{{
			Name: "adult.data", Size: 3974305,
			SHA256: "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
			Also:   []string{"adult-train.csv", "adult.train"},
		}, {
			Name: "adult.test", Size: 2003153,
			SHA256: "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
			Also:   []string{"adult-test.csv"},
		}},
		Folders: []string{"tables"},
		Mirrors: []string{"https://archive.ics.uci.edu/ml/machine-learning-databases/adult"},
		Terms:   "CC BY 4.0; Barry Becker and Ronny Kohavi, UCI Machine Learning Repository",
	}
}

func penguinsSpec() Spec {
	return Spec{
		Name:  "penguins",
		Title: "Palmer Penguins",
		Files: []File{{
			Name: "penguins.csv", Size: 13478,
			SHA256: "e07636bd8af74260099ea2f8678e2eabbf35def579940cc76f67061ee16c06c1",
		}},
		Folders: []string{"tables"},
		Mirrors: []string{
			"https://raw.githubusercontent.com/mwaskom/seaborn-data/master",
			"https://cdn.jsdelivr.net/gh/mwaskom/seaborn-data@master",
		},
		Terms: "CC0; Kristen Gorman and the Palmer Station LTER",
	}
}

func housingSpec() Spec {
	return Spec{
		Name:  "california-housing",
		Title: "California housing",
		Files: []File{{
			Name: "housing.csv", Size: 1423529,
			SHA256: "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e",
			Also:   []string{"california-housing.csv"},
		}},
		Folders: []string{"tables"},
		Mirrors: []string{"https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing"},
		Terms:   "no formal licence; 1990 census, Pace and Barry",
	}
}

// tableHeads are words that the first row of a table's file must have; a bar
// parts words of which one is enough.
var tableHeads = map[string][]string{
	"titanic":            {"survived", "name", "cabin"},
	"adult":              {"<=50k|>50k|cross validator"},
	"penguins":           {"species", "island"},
	"california-housing": {"median_house_value", "ocean_proximity"},
}

// checkTable looks at the first row of a table's file: whether it is that table,
// not whether all of it can be read, which package datasets/table finds out.
func checkTable(set string, data []byte) error {
	row, _, _ := bytes.Cut(bytes.TrimLeft(data, "\ufeff\r\n"), []byte{'\n'})
	text := strings.ToLower(string(row[:min(len(row), 4096)]))
	for _, words := range tableHeads[set] {
		found := false
		for word := range strings.SplitSeq(words, "|") {
			found = found || strings.Contains(text, word)
		}
		if !found {
			return fmt.Errorf("its first row is %.60q, which is not that of the table %s", text, set)
		}
	}
	return nil
}

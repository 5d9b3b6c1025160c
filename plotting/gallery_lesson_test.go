package plotting

import (
	"context"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// lessonGallery is the part of the gallery with the charts of the lessons on
// pictures and texts.
func lessonGallery(t *testing.T) map[string]*Figure {
	finder := must[*LRCurve](t)(NewLRCurve(finderCurve()))

	cut := must[*Histogram](t)(NewTextLengths(textLengths()))
	cut.Mark, cut.MarkLabel = 200, "截断于 200"

	counts := must[*HeatMap](t)(NewConfusionCounts(must[*tensor.Tensor](t)(tensor.New([]int64{880, 120, 95, 905}, 2, 2)), []string{"负面 neg", "正面 pos"}))

	images := must[*tensor.Memory](t)(tensor.FromTensors(waves(t, 4, 8, 8, 3), must[*tensor.Tensor](t)(tensor.New([]int32{0, 1, 2, 0}, 4))))
	probs := must[*tensor.Tensor](t)(tensor.New([]float32{0.1, 0.2, 0.7, 0.2, 0.7, 0.1, 0.9, 0.05, 0.05, 0.4, 0.5, 0.1}, 4, 3))
	wrong := must[Mistakes](t)(TopMistakes([]int32{0, 1, 2, 0}, probs, 0))
	pictures := must[*Images](t)(NewMistakeImages(context.Background(), images, wrong, []string{"飞机", "cat", "truck"}))

	texts := must[*Texts](t)(NewMistakeTexts(context.Background(), reviews(), Mistakes{{1, 0, 1, 0.993}, {0, 1, 0, 0.97}, {2, 1, 0, 0.5}}, []string{"negative", "正面"}))
	plain := must[*Texts](t)(NewTexts([]string{"A short text.", "", "And one that is longer, so long that it takes a second line where the table is not wide, as here."}))
	plain.Width = 400

	original := waves(t, 2, 8, 8, 3)
	dark := original.MulScalar(0.5)
	bright := original.MulScalar(1.5) // beyond white
	augmented := must[*Images](t)(NewAugmentation(original, dark, bright))

	color := must[*Images](t)(NewFilters(waves(t, 3, 3, 3, 8).AddScalar(-0.4)))
	gray := must[*Images](t)(NewFilters(waves(t, 5, 5, 1, 4).AddScalar(-0.4)))
	deep := must[*Images](t)(NewFilters(waves(t, 3, 3, 4, 2).AddScalar(-0.4)))
	maps := must[*Images](t)(NewFeatureMaps(waves(t, 1, 8, 8, 6)))

	return map[string]*Figure{
		"lr-curve": &finder.Figure, "text-lengths": &cut.Figure, "confusion-counts": &counts.Figure,
		"mistakes": &pictures.Figure, "mistakes-texts": &texts.Figure, "texts": &plain.Figure, "augmentation": &augmented.Figure,
		"filters": &color.Figure, "filters-gray": &gray.Figure, "filters-deep": &deep.Figure, "feature-maps": &maps.Figure,
	}
}

// finderCurve is a search that ends in failure, as they do.
func finderCurve() (rates, losses []float64, suggestion float64) {
	for i := range 100 {
		rate := 1e-6 * math.Pow(10, 7*float64(i)/99)
		loss := 0.3 + 2/(1+math.Pow(rate/3e-3, 1.2))
		if rate > 0.3 {
			loss += math.Pow(rate/0.3, 2) - 1
		}
		rates, losses = append(rates, rate), append(losses, loss)
	}
	losses[99] = math.Inf(1)
	return rates, losses, 0.00312
}

// textLengths are many short texts and a few long ones.
func textLengths() []int {
	var out []int
	for i := range 2000 {
		out = append(out, 20+int(60*math.Exp(1.2*(1+math.Sin(float64(i))))))
	}
	return append(out, 2470)
}

// waves is a tensor of numbers from 0 to 1, without chance.
func waves(t *testing.T, dims ...int) *tensor.Tensor {
	x := must[*tensor.Tensor](t)(tensor.Zeros(tensor.Float32, dims...))
	values := tensor.Values[float32](x)
	for i := range values {
		values[i] = float32(0.5 + 0.5*math.Sin(float64(i*i%97)))
	}
	return must[*tensor.Tensor](t)(tensor.New(values, dims...))
}

// shelf is a data set of texts.
type shelf []string

func (s shelf) Texts(context.Context) ([]string, error) { return s, nil }

// reviews are texts that are hard to show.
func reviews() shelf {
	return shelf{
		"I <b>loved</b> it & \"so\" did   my\n\tmother.<br /><br /></td></table><script>alert(1)</script> The camera is never where one expects it, the " +
			"score swells at the wrong moments, and still: somewhere in the second hour it becomes clear that nothing here is an accident, and that the " +
			"two old men on the bench, of whom the film has said nothing so far, are what all of it was about from the very first frame on.",
		"这部电影的开头很慢，镜头也很稳，我一度以为又是一部闷片。可是到了后半段，所有的伏笔都收了回来，配乐恰到好处，演员的表演也越来越有力量，" +
			"结尾那场雨中的告别，整个影厅没有一个人说话。走出来的时候我才发现自己已经坐了两个半小时，却一点也不觉得长。强烈推荐给喜欢慢热电影的朋友，" +
			"但如果你只想看打斗和爆炸，那还是算了吧，这里一场都没有，有的只是人和人之间的沉默，和沉默里说不出口的那些话。",
		"أحببت هذا الفيلم (it was good)",
	}
}

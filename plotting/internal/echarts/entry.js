// What of Apache ECharts goes into echarts.min.js: the kinds of chart that
// package plotting draws, and nothing else. Build it with build.sh.
import * as core from 'echarts/core';
import {LineChart, BarChart, HeatmapChart, ScatterChart} from 'echarts/charts';
import {
  GridComponent, TitleComponent, LegendComponent, TooltipComponent,
  VisualMapComponent, MarkLineComponent,
} from 'echarts/components';
import {CanvasRenderer, SVGRenderer} from 'echarts/renderers';

core.use([
  LineChart, BarChart, HeatmapChart, ScatterChart,
  GridComponent, TitleComponent, LegendComponent, TooltipComponent,
  VisualMapComponent, MarkLineComponent,
  CanvasRenderer, SVGRenderer,
]);

export const {init, dispose, getInstanceByDom, setPlatformAPI, version} = core;

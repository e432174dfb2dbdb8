// Charts: each <div data-chart="kind" data-source="id"> draws the json_script of that id on a canvas.
// The table beneath holds the same numbers; a page without scripts loses only the picture.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { heatTable, multiples, projection, ranks } from "./dashboard_charts.js";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LabelLayout,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
]);

const INK = "#1c2730";
const SOFT = "#4d5a64";
const RULE = "#d3dadb";
const GROUPS = ["#0e5a61", "#8a6d1f", "#4a5f8f", "#7b4a6b"];
const large = document.documentElement.dataset.display === "large";
const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const size = large ? 17 : 13;
const family = getComputedStyle(document.body).fontFamily;

const frame = {
  animation: !quiet,
  animationDuration: 250,
  textStyle: { fontFamily: family, fontSize: size, color: INK },
  // Rich text keeps the tooltip on the canvas: no style attribute, so the strict CSP holds.
  tooltip: {
    renderMode: "richText",
    backgroundColor: "#ffffff",
    borderColor: SOFT,
    textStyle: { color: INK, fontFamily: family, fontSize: size },
  },
};
const label = { color: INK, fontSize: size };
const valueAxis = {
  type: "value",
  axisLabel: { color: SOFT, fontSize: size - 1, hideOverlap: true },
  splitLine: { lineStyle: { color: RULE } },
};

// Totals of a board, best at the top. data: {title, unit, bars: [{name, value, group}]}
function boardTotals(data) {
  const bars = [...data.bars].reverse();
  const groups = [...new Set(data.bars.map((bar) => bar.group))];
  const highest = Math.max(100, ...data.bars.map((bar) => Number(bar.value)));
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "item" },
    legend: { show: groups.length > 1, top: 0, textStyle: label, data: groups },
    grid: { left: 8, right: 24, top: groups.length > 1 ? 44 : 20, bottom: 8, containLabel: true },
    xAxis: { ...valueAxis, max: Math.ceil(highest / 20) * 20 },
    yAxis: {
      type: "category",
      data: bars.map((bar) => bar.name),
      axisLabel: { ...label, interval: 0 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: SOFT } },
    },
    series: groups.map((group, index) => ({
      name: group,
      type: "bar",
      stack: "total",
      barMaxWidth: 20,
      itemStyle: { color: GROUPS[index % GROUPS.length] },
      label: { show: true, position: "insideRight", ...label, color: "#ffffff", fontWeight: 600, formatter: (item) => item.data?.text ?? "" },
      data: bars.map((bar) => (bar.group === group ? { value: Number(bar.value), text: bar.value } : null)),
      markLine:
        index === 0
          ? {
              silent: true,
              symbol: "none",
              z: 1,
              label: { formatter: "100", color: SOFT, position: "end" },
              lineStyle: { color: SOFT, type: "dashed" },
              data: [{ xAxis: 100 }],
            }
          : undefined,
    })),
  };
}

boardTotals.height = (data) => 84 + data.bars.length * 24;

// One value per category, upright. data: {bars: [{name, value, target}]}
function countsBesideTargets(data, { width }) {
  const slanted = width / data.bars.length < 64; // no room for the names side by side
  const narrow = width < 500;
  const withTargets = data.bars.some((bar) => bar.target !== null && bar.target !== undefined);
  const series = [
    { name: data.title, type: "bar", barMaxWidth: 26, itemStyle: { color: GROUPS[0] }, data: data.bars.map((bar) => bar.value) },
  ];
  if (withTargets) {
    series.push({
      name: data.targetTitle,
      type: "bar",
      barMaxWidth: 26,
      itemStyle: { color: "#ffffff", borderColor: GROUPS[1], borderWidth: 2, borderType: "dashed" },
      data: data.bars.map((bar) => (bar.target === null ? null : Number(bar.target))),
    });
  }
  for (const one of series) {
    one.label = { show: true, position: "top", ...label };
  }
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    legend: { show: withTargets, top: 0, left: narrow ? 0 : "center", orient: narrow ? "vertical" : "horizontal", textStyle: label },
    grid: { left: 8, right: 8, top: withTargets ? (narrow ? 72 : 40) : 24, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.bars.map((bar) => bar.name), axisLabel: { ...label, interval: 0, rotate: slanted ? 50 : 0 } },
    yAxis: valueAxis,
    series,
  };
}

countsBesideTargets.height = (data, width) => (width < 500 ? 360 : 288);

const KINDS = {
  "board-totals": boardTotals,
  counts: countsBesideTargets,
  "heat-table": heatTable,
  multiples,
  projection,
  ranks,
};
const house = { ink: INK, soft: SOFT, rule: RULE, groups: GROUPS };

function draw(root) {
  for (const box of root.querySelectorAll("[data-chart]")) {
    const source = document.getElementById(box.dataset.source);
    if (!source || echarts.getInstanceByDom(box)) {
      continue;
    }
    const data = JSON.parse(source.textContent);
    const kind = KINDS[box.dataset.chart];
    let chart = null;
    let width = 0;
    const fit = () => {
      if (box.clientWidth === width) {
        return;
      }
      width = box.clientWidth;
      if (kind.height) {
        // As high as its rows need, in pixels, since the print's smaller type would cut it off; set through the object model, which the strict CSP allows.
        box.style.height = `${kind.height(data, width) * (large ? 1.3 : 1)}px`;
      }
      chart ??= echarts.init(box, null, { renderer: "canvas" });
      chart.resize();
      chart.setOption(kind(data, { frame, label, valueAxis, house, width }), true);
    };
    fit();
    new ResizeObserver(fit).observe(box);
    box.dataset.drawn = "yes";
  }
}

draw(document);
document.addEventListener("htmx:load", (event) => draw(event.target));

// Pictures of the leadership pages: small multiples, ranks over the quarters, year-end projection, lights.
// Each takes its data and the house's frame (type, ink, axes) and gives ECharts its options.
const SHAPES = { grey: "○", red: "■", yellow: "▲", green: "●", blue: "★" };
const ORDER = ["grey", "red", "yellow", "green", "blue"];
const GROUNDS = ["#eef1f2", "#f6cfca", "#fbe6ae", "#c6e6d1", "#c9dcf6"];
const MARKS = ["circle", "triangle", "rect", "diamond", "emptyCircle", "emptyTriangle", "emptyRect"];
const SEALS = { red: "#a3241d", yellow: "#7a4f00", green: "#1a6a3a", blue: "#1a4f9c", grey: "#4d5a64" };
const POINT = { red: "rect", yellow: "triangle", green: "circle", blue: "diamond", grey: "emptyCircle" };

const short = (period) => `${period.slice(2, 4)}年${period.slice(5)}季`;

// One small picture for each organisation. data: {periods, units: [{name, values, due, lights}]}
export function multiples(data, { frame, label, valueAxis, house, width }) {
  const across = Math.max(1, Math.min(4, Math.floor(width / 250)));
  const down = Math.ceil(data.units.length / across);
  const whole = 100 / across;
  const tall = 100 / down;
  const place = (index) => ({
    left: `${(index % across) * whole + 0.6}%`,
    width: `${whole - 2.2}%`,
    top: `${Math.floor(index / across) * tall + 14 / down + 3}%`,
    height: `${tall * 0.62}%`,
    containLabel: true,
  });
  const highest = Math.max(...data.units.flatMap((unit) => [...unit.values, ...unit.due]).map((value) => value ?? 0));
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    title: data.units.map((unit, index) => ({
      text: unit.name,
      left: `${(index % across) * whole + 1}%`,
      top: `${Math.floor(index / across) * tall}%`,
      padding: 4,
      textStyle: { ...label, fontWeight: 600 },
    })),
    grid: data.units.map((_, index) => place(index)),
    xAxis: data.units.map((_, index) => ({
      gridIndex: index,
      type: "category",
      data: data.periods.map(short),
      axisLabel: { ...label, fontSize: label.fontSize - 2, hideOverlap: true },
      axisTick: { show: false },
    })),
    yAxis: data.units.map((_, index) => ({ ...valueAxis, gridIndex: index, splitNumber: 3, max: highest > 0 ? undefined : 1 })),
    series: data.units.flatMap((unit, index) => [
      {
        name: "完成值",
        type: "line",
        xAxisIndex: index,
        yAxisIndex: index,
        connectNulls: false,
        lineStyle: { width: 2, color: house.ink },
        data: unit.values.map((value, quarter) => ({
          value,
          symbol: POINT[unit.lights[quarter]] ?? "circle",
          symbolSize: 10,
          itemStyle: { color: SEALS[unit.lights[quarter]] ?? house.ink },
        })),
      },
      {
        name: "应完成",
        type: "line",
        xAxisIndex: index,
        yAxisIndex: index,
        connectNulls: false,
        symbol: "emptyCircle",
        symbolSize: 5,
        lineStyle: { width: 2, type: "dashed", color: house.soft },
        itemStyle: { color: house.soft },
        data: unit.due,
      },
    ]),
  };
}

multiples.height = (data, width) =>
  Math.ceil(data.units.length / Math.max(1, Math.min(4, Math.floor(width / 250)))) * 190 + 10;

// Ranks over the quarters, first on top. data: {periods, places, units: [{name, ranks}]}
export function ranks(data, { frame, label, house }) {
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    grid: { left: 16, right: 110, top: 16, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.periods.map(short), axisLabel: { ...label, margin: 16 }, boundaryGap: false },
    yAxis: {
      type: "value",
      inverse: true,
      min: 1,
      max: Math.max(2, data.places),
      minInterval: 1,
      axisLabel: { ...label, formatter: (value) => `第 ${value}` },
      splitLine: { lineStyle: { color: house.rule } },
    },
    series: data.units.map((unit, index) => ({
      name: unit.name,
      type: "line",
      symbol: MARKS[index % MARKS.length],
      symbolSize: 11,
      connectNulls: false,
      lineStyle: { width: 2.5, type: index >= house.groups.length ? "dashed" : "solid" },
      itemStyle: { color: house.groups[index % house.groups.length] },
      endLabel: { show: true, formatter: unit.name, ...label },
      labelLayout: { moveOverlap: "shiftY" },
      data: unit.ranks,
    })),
  };
}

ranks.height = (data) => 70 + Math.max(4, data.places) * 48;

// Done by now, and where the pace leads. data: {bars: [{name, done, projected, doneText, projectedText, amount}]}
export function projection(data, { frame, label, valueAxis, house, width }) {
  const names = data.bars.map((bar) => bar.name);
  const side = { show: true, ...label, position: "right" };
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    legend: { top: 0, textStyle: label },
    grid: { left: 8, right: 70, top: 56, bottom: 8, containLabel: true },
    xAxis: { ...valueAxis, splitNumber: width < 600 ? 3 : 5, axisLabel: { ...valueAxis.axisLabel, formatter: "{value}%", hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: names, axisLabel: { ...label, interval: 0 }, axisTick: { show: false } },
    series: [
      {
        name: "已完成",
        type: "bar",
        barMaxWidth: 14,
        itemStyle: { color: house.groups[0] },
        label: { ...side, formatter: (item) => `${item.data.text}%` },
        data: data.bars.map((bar) => ({ value: bar.done, text: bar.doneText })),
      },
      {
        name: "按当前进度推算到年底",
        type: "bar",
        barMaxWidth: 14,
        itemStyle: { color: "#ffffff", borderColor: house.groups[1], borderWidth: 2, borderType: "dashed" },
        label: { ...side, formatter: (item) => `${item.data.text}%` },
        data: data.bars.map((bar) => ({ value: bar.projected, text: bar.projectedText })),
        markLine: {
          silent: true,
          symbol: "none",
          label: { formatter: "年度目标 100%", ...label, position: "start" },
          lineStyle: { color: house.soft, type: "dashed" },
          data: [{ xAxis: 100 }],
        },
      },
    ],
  };
}

projection.height = (data) => 100 + data.bars.length * 44;

// Units by indicators, each cell with its light's shape. data: {columns, rows, cells: [[x, y, light, text, reason]]}
export function heatTable(data, { frame, label, width }) {
  const cell = (width - 100) / data.columns.length;
  const narrow = cell < 95; // no room for the score beside the shape
  const slanted = cell < 34; // nor for two characters of the indicator's name
  return {
    ...frame,
    tooltip: {
      ...frame.tooltip,
      formatter: (item) => `${data.rows[item.value[1]]}　${data.columns[item.value[0]]}：${item.data.words}`,
    },
    grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
    xAxis: {
      type: "category",
      position: "top",
      data: data.columns,
      axisTick: { show: false },
      axisLabel: { ...label, interval: 0, fontSize: cell < 70 ? label.fontSize - 2 : label.fontSize, width: slanted ? 110 : Math.min(110, cell - 4), overflow: slanted ? "truncate" : "break", rotate: slanted ? 60 : 0 },
    },
    yAxis: { type: "category", inverse: true, data: data.rows, axisLabel: { ...label, interval: 0 }, axisTick: { show: false } },
    visualMap: { show: false, type: "piecewise", pieces: GROUNDS.map((color, value) => ({ value, color })) },
    series: [
      {
        type: "heatmap",
        itemStyle: { borderColor: "#ffffff", borderWidth: 2 },
        label: { show: true, ...label, formatter: (item) => item.data.text },
        data: data.cells.map(([x, y, light, text, reason]) => ({
          value: [x, y, ORDER.indexOf(light)],
          text: narrow ? SHAPES[light] : `${SHAPES[light]} ${reason || text}`,
          words: `${reason || data.words[light]}${text ? `，得分 ${text}` : ""}`,
        })),
      },
    ],
  };
}

heatTable.height = (data) => 90 + data.rows.length * 36;

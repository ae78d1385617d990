import { render } from 'preact';
import './look/tokens.css';
import './look/base.css';
import './look/shell.css';
import './look/parts.css';
import './look/table.css';
import './look/waterfall.css';
import './look/details.css';
import './look/home.css';
import './look/endpoint.css';
import { Shell } from './shell.tsx';

const root = document.getElementById('app');
if (root) render(<Shell />, root);
